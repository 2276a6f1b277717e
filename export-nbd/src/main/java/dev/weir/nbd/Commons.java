package dev.weir.nbd;

import dev.weir.drive.ExportBounds;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all connections of a server share: what they may take, what they have taken, and where it is told when one of
 * them is cut off.
 *
 * <p>Thread-safe.
 */
final class Commons {
    final Budget budget = new Budget(Limits.DEFAULT.maxTotalBytes());
    final Complaints complaints = new Complaints();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Limits limits = Limits.DEFAULT;

    Limits limits() {
        return limits;
    }

    /** Changes the limits for connections that come from now on, and what all may take together at once. */
    void limits(Limits newLimits) {
        limits = newLimits;
        budget.total(newLimits.maxTotalBytes());
    }

    /** Counts a connection in, unless that would be too many; {@link #leave} counts it out. */
    boolean enter() {
        if (connections.incrementAndGet() > limits.maxConnections()) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    void leave() {
        connections.decrementAndGet();
    }

    /** Returns the limits beside what is taken. */
    ExportBounds bounds() {
        Limits now = limits;
        return new ExportBounds(
                connections.get(),
                now.maxConnections(),
                now.maxRequests(),
                now.maxRequestBytes(),
                budget.used(),
                now.maxTotalBytes(),
                Budget.MIN_COST);
    }

    /** Returns how many connections there are. */
    int connections() {
        return connections.get();
    }
}
