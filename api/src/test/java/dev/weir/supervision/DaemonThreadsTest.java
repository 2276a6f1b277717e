package dev.weir.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {

    @Test
    void threadsAreNamedDaemons() {
        ThreadFactory same = DaemonThreads.named("weir-a");
        assertEquals("weir-a", same.newThread(() -> {}).getName());
        assertEquals("weir-a", same.newThread(() -> {}).getName());
        assertTrue(same.newThread(() -> {}).isDaemon());
        ThreadFactory numbered = DaemonThreads.numbered("weir-b");
        assertEquals("weir-b-1", numbered.newThread(() -> {}).getName());
        assertEquals("weir-b-2", numbered.newThread(() -> {}).getName());
        assertTrue(numbered.newThread(() -> {}).isDaemon());
    }

    @Test
    void startedThreadRunsItsTask() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        DaemonThreads.start("weir-c", () -> ran.complete(Thread.currentThread()));
        Thread thread = ran.get(30, TimeUnit.SECONDS);
        assertEquals("weir-c", thread.getName());
        assertTrue(thread.isDaemon());
    }
}
