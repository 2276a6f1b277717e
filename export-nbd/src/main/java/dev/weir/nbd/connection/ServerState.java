package dev.weir.nbd.connection;

import dev.weir.drive.export.ExportBounds;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all connections of a server share: what they may take, what they have taken, and where it is told when one of
 * them is cut off.
 *
 * <p>Thread-safe.
 */
public final class ServerState {
    public final Budget budget = new Budget(ClientQuotas.DEFAULT.maxTotalBytes());
    public final CutOffLog complaints = new CutOffLog();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile ClientQuotas limits = ClientQuotas.DEFAULT;

    public ClientQuotas limits() {
        return limits;
    }

    /** Changes the limits for connections that come from now on, and what all may take together at once. */
    public void limits(ClientQuotas newLimits) {
        limits = newLimits;
        budget.total(newLimits.maxTotalBytes());
    }

    /** Counts a connection in, unless that would be too many; {@link #leave} counts it out. */
    public boolean enter() {
        if (connections.incrementAndGet() > limits.maxConnections()) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    public void leave() {
        connections.decrementAndGet();
    }

    /** Returns the limits beside what is taken. */
    public ExportBounds bounds() {
        ClientQuotas now = limits;
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
    public int connections() {
        return connections.get();
    }
}
