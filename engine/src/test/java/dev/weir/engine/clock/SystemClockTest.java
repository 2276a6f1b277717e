package dev.weir.engine.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.clock.Timer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims that hold on a slow machine too: the order of timers, and that none fires early. */
class SystemClockTest {
    private static final long MILLIS = 1_000_000L;

    private final SystemClock clock = new SystemClock();
    private final BlockingQueue<String> fired = new ArrayBlockingQueue<>(100);

    @BeforeEach
    void start() {
        clock.start();
    }

    @AfterEach
    void stop() {
        clock.close();
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        return String.valueOf(queue.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void timerNeverFiresEarly() throws InterruptedException {
        BlockingQueue<Long> times = new ArrayBlockingQueue<>(1);
        Timer timer = clock.timer(() -> times.add(clock.nanoTime()));
        long due = clock.nanoTime() + 5 * MILLIS;
        timer.arm(due);
        Long time = times.poll(20, TimeUnit.SECONDS);
        assertTrue(time != null && time - due >= 0);
    }

    @Test
    void earlierDueTimerFiresFirst() throws InterruptedException {
        long now = clock.nanoTime();
        clock.timer(() -> fired.add("late")).arm(now + 200 * MILLIS);
        clock.timer(() -> fired.add("early")).arm(now + 100 * MILLIS);
        assertEquals("early", next(fired));
        assertEquals("late", next(fired));
    }

    @Test
    void disarmedTimerDoesNotFire() throws InterruptedException {
        Timer disarmed = clock.timer(() -> fired.add("disarmed"));
        Timer moved = clock.timer(() -> fired.add("moved"));
        long now = clock.nanoTime();
        disarmed.arm(now + 50 * MILLIS);
        disarmed.disarm();
        moved.arm(now + 20_000 * MILLIS);
        moved.arm(now + 60 * MILLIS);
        clock.timer(() -> fired.add("end")).arm(now + 100 * MILLIS);
        assertEquals("moved", next(fired));
        assertEquals("end", next(fired));
    }

    @Test
    void throwingTaskStopsNoOther() throws InterruptedException {
        clock.timer(() -> {
                    throw new IllegalStateException("for the test");
                })
                .arm(clock.nanoTime());
        clock.timer(() -> fired.add("other")).arm(clock.nanoTime() + MILLIS);
        assertEquals("other", next(fired));
    }

    @Test
    void timerWhoseTaskFailsFiresAgain() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        clock.timer(() -> {
                    if (calls.incrementAndGet() < 3) {
                        throw new OutOfMemoryError("for the test");
                    }
                    fired.add("third call");
                })
                .arm(clock.nanoTime());
        assertEquals("third call", next(fired));
    }

    @Test
    void timerMayRearmItself() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        Timer[] self = new Timer[1];
        self[0] = clock.timer(() -> {
            if (count.incrementAndGet() < 10) {
                self[0].arm(clock.nanoTime() + MILLIS);
            } else {
                fired.add("ten");
            }
        });
        self[0].arm(clock.nanoTime());
        assertEquals("ten", next(fired));
    }
}
