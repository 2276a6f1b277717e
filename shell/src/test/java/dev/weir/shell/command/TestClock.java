package dev.weir.shell.command;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that advances at each reading, so that tests need no waiting. */
final class TestClock implements Clock {
    private final AtomicLong now = new AtomicLong(-5_000_000_000L);

    private final LongSupplier stepNanos;

    TestClock(long stepMillis) {
        this(() -> stepMillis * 1_000_000);
    }

    TestClock(LongSupplier stepNanos) {
        this.stepNanos = stepNanos;
    }

    @Override
    public long nanoTime() {
        return now.addAndGet(stepNanos.getAsLong());
    }

    @Override
    public Timer timer(Runnable task) {
        throw new UnsupportedOperationException();
    }
}
