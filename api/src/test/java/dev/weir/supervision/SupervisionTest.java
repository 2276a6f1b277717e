package dev.weir.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SupervisionTest {
    private final List<String> logged = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private final List<Throwable> uncaught = new ArrayList<>();
    private Thread.UncaughtExceptionHandler before;

    @BeforeEach
    void collectUncaught() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    }

    @AfterEach
    void restoreHandler() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        run(() -> false); // one of this name succeeds, so that none is failing
    }

    private void log(String message, Throwable cause) {
        logged.add(message);
    }

    private void run(Supervision.Turn turn) {
        Supervision.loop("loop", turn, this::log, pauses::add).run();
    }

    @Test
    void threadSurvivesAnError() {
        AtomicInteger turns = new AtomicInteger();
        run(() -> {
            if (turns.incrementAndGet() == 2) {
                throw new OutOfMemoryError("test");
            }
            return turns.get() < 4;
        });
        assertEquals(4, turns.get());
        assertEquals(List.of("loop failed (1 times since it began) and goes on"), logged);
        assertEquals(List.of(1L), pauses);
        assertEquals(List.of(), uncaught);
    }

    @Test
    void threadGivesUpAfterRepeatedFailures() {
        run(() -> {
            throw new StackOverflowError("test");
        });
        assertEquals(Supervision.MOST_FAILURES, pauses.size());
        assertEquals(250, pauses.get(pauses.size() - 1));
        assertEquals(1, uncaught.size());
        assertEquals(
                "thread loop failed 40 times in a row, at last with java.lang.StackOverflowError: test",
                uncaught.get(0).getMessage());
    }

    @Test
    void successResetsTheFailureCount() {
        AtomicInteger turns = new AtomicInteger();
        run(() -> {
            if (turns.incrementAndGet() % 2 == 0) {
                throw new AssertionError("test");
            }
            return turns.get() < 1001;
        });
        assertEquals(1001, turns.get());
        assertEquals(List.of(), uncaught);
        assertEquals(9, logged.size(), "500 failures: 1, 2, 4, …, 256");
    }

    @Test
    void currentFailuresAreNamed() {
        AtomicInteger turns = new AtomicInteger();
        List<List<String>> seen = new ArrayList<>();
        run(() -> {
            seen.add(Supervision.failures());
            if (turns.incrementAndGet() == 1) {
                throw new OutOfMemoryError("test");
            }
            return turns.get() < 3;
        });
        assertEquals(
                List.of(
                        List.of(),
                        List.of("loop fails (1 times in a row): java.lang.OutOfMemoryError: test"),
                        List.of()),
                seen);
    }

    @Test
    void failingLogEndsNoThread() {
        AtomicInteger turns = new AtomicInteger();
        Supervision.loop(
                        "loop",
                        () -> {
                            if (turns.incrementAndGet() < 4) {
                                throw new OutOfMemoryError("test");
                            }
                            return false;
                        },
                        (message, cause) -> {
                            throw new OutOfMemoryError("log");
                        },
                        pauses::add)
                .run();
        assertEquals(4, turns.get());
    }

    /** The JVM may throw an OutOfMemoryError at any place, also within the handling of one. */
    @Test
    void endOutOfOrderIsReported() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> reported = new ArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
        Runnable loop = Supervision.loop(
                "loop",
                () -> {
                    throw new IllegalStateException("test");
                },
                this::log,
                millis -> {
                    throw new LinkageError("in the pause");
                });
        try {
            assertThrows(LinkageError.class, loop::run);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertEquals(1, reported.size());
        assertTrue(reported.get(0) instanceof GivenUpException, reported::toString);
        Supervision.task("loop", () -> {}, this::log).run();
    }

    @Test
    void scheduledTaskSurvivesAnError() throws InterruptedException {
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        Semaphore calls = new Semaphore(0);
        Runnable task = Supervision.task(
                "task",
                () -> {
                    calls.release();
                    throw new OutOfMemoryError("test");
                },
                this::log);
        try {
            var scheduled = scheduler.scheduleWithFixedDelay(task, 0, 1, TimeUnit.MILLISECONDS);
            assertTrue(calls.tryAcquire(50, 60, TimeUnit.SECONDS));
            assertFalse(scheduled.isDone());
        } finally {
            scheduler.shutdown();
            assertTrue(scheduler.awaitTermination(60, TimeUnit.SECONDS));
        }
        assertEquals(1, Supervision.failures().size());
        Supervision.task("task", () -> {}, this::log).run();
        assertEquals(List.of(), Supervision.failures(), "a new task of this name takes over");
    }

    @Test
    void supervisedThreadIsANamedDaemon() throws InterruptedException {
        Thread thread = Supervision.thread("weir-test", () -> false, this::log);
        assertTrue(thread.isDaemon());
        assertEquals("weir-test", thread.getName());
        thread.start();
        thread.join();
        assertEquals(List.of(), logged);
    }
}
