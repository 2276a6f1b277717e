package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.clock.ManualClock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final long SECOND = EngineFixture.SECOND;

    private final ManualClock clock = new ManualClock(Long.MAX_VALUE - SECOND / 2);
    private final AtomicBoolean idle = new AtomicBoolean();
    private final AtomicInteger restored = new AtomicInteger();
    private final CompletableFuture<Boolean> done =
            new Drain(clock, Runnable::run, idle::get, restored::incrementAndGet, SECOND).start();

    @Test
    void endsWhenTheDriveIsIdle() {
        clock.advance(SECOND / 2);
        assertEquals(0, restored.get());
        idle.set(true);
        clock.advance(SECOND / 50);
        assertTrue(done.join());
        assertEquals(1, restored.get());
    }

    @Test
    void endsWithItsTime() {
        clock.advance(SECOND - 1);
        assertFalse(done.isDone());
        clock.advance(SECOND / 50);
        assertFalse(done.join());
        assertEquals(1, restored.get());
    }

    @Test
    void endsWhenItsCallerGivesUp() {
        done.cancel(false);
        clock.advance(SECOND / 50);
        assertEquals(1, restored.get());
        clock.advance(2 * SECOND);
        assertEquals(1, restored.get());
    }
}
