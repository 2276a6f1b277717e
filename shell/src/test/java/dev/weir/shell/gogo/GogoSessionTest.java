package dev.weir.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tests a session without a terminal. */
final class GogoSessionTest {
    private final TestGogo gogo = new TestGogo();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final PrintStream screen = new PrintStream(shown, true, StandardCharsets.UTF_8);
    private final GogoSession session =
            new GogoSession(gogo.processor(), InputStream.nullInputStream(), screen, screen);

    @AfterEach
    void close() {
        session.close();
        gogo.close();
    }

    @Test
    void interruptBeforeALineBeginsEndsIt() {
        assertFalse(session.interrupt(), "no line is being executed, so the thread is interrupted");
        Thread.currentThread().interrupt();
        assertEquals(1, session.execute("hang"));
        assertEquals("weir: interrupted\n", shown.toString(StandardCharsets.UTF_8));
        assertFalse(Thread.interrupted());
    }

    @RepeatedTest(20)
    void immediatelyInterruptedJobEnds() throws Exception {
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> session.execute("hang"));
        while (session.session().foregroundJob() == null) {
            Thread.onSpinWait();
        }
        session.interrupt();
        assertEquals(1, status.get(10, TimeUnit.SECONDS));
        assertEquals("weir: interrupted\n", shown.toString(StandardCharsets.UTF_8));
        assertEquals(0, session.execute("drives"), "and the session goes on");
    }
}
