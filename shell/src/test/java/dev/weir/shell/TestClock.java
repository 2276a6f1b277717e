package dev.weir.shell;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** A clock on which some time passes whenever somebody looks, so that nothing has to be waited for. */
final class TestClock implements Clock {
    private final AtomicLong now = new AtomicLong(-5_000_000_000L);

    private final long stepNanos;

    TestClock(long stepMillis) {
        stepNanos = stepMillis * 1_000_000;
    }

    @Override
    public long nanoTime() {
        return now.addAndGet(stepNanos);
    }

    @Override
    public Timer timer(Runnable task) {
        throw new UnsupportedOperationException();
    }
}
