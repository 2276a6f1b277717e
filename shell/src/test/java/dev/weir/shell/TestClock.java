package dev.weir.shell;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import java.util.concurrent.atomic.AtomicLong;

/** A clock on which a millisecond passes whenever somebody looks, so that nothing has to be waited for. */
public final class TestClock implements Clock {
    private static final long STEP_NANOS = 1_000_000;

    private final AtomicLong now = new AtomicLong(-5_000_000_000L);

    @Override
    public long nanoTime() {
        return now.addAndGet(STEP_NANOS);
    }

    @Override
    public Timer timer(Runnable task) {
        throw new UnsupportedOperationException();
    }
}
