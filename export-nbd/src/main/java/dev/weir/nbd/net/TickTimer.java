package dev.weir.nbd.net;

import dev.weir.supervision.Supervision;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes the {@linkplain Ticker tickers} of event loops due every {@value Ticker#MILLIS} ms. It sleeps
 * while no ticker has tasks. A tick allocates nothing. So an {@link OutOfMemoryError} cannot end the ticks.
 *
 * <p>Thread-safe.
 */
public final class TickTimer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TickTimer.class);

    private final List<Ticker> tickers = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    private TickTimer(String name) {
        thread = Supervision.thread(name, this::turn, LOG::error);
    }

    /** Starts a thread with that name. */
    public static TickTimer start(String name) {
        TickTimer timer = new TickTimer(name);
        timer.thread.start();
        return timer;
    }

    private boolean turn() throws InterruptedException {
        if (closed) {
            return false;
        }
        if (tickers.stream().noneMatch(Ticker::isNeeded)) {
            LockSupport.park(this);
            return true;
        }
        Thread.sleep(Ticker.MILLIS);
        tickers.forEach(Ticker::makeDue);
        return true;
    }

    void add(Ticker ticker) {
        tickers.add(ticker);
    }

    void remove(Ticker ticker) {
        tickers.remove(ticker);
    }

    /** Wakes the thread because a ticker got its first task. */
    void wakeup() {
        LockSupport.unpark(thread);
    }

    /** Ends the thread. */
    @Override
    public void close() {
        closed = true;
        wakeup();
    }
}
