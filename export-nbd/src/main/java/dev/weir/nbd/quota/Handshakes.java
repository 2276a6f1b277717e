package dev.weir.nbd.quota;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshakes of a server. Each may hold {@link #BYTES} of heap before its client has proven anything. If there
 * are more than an eighth of the heap has room for, the oldest gives way. A handshake of an honest client takes
 * milliseconds. So an attacker who leaves many unfinished ends only its own.
 *
 * <p>Thread-safe.
 */
public final class Handshakes {
    /** Heap of an unfinished handshake (bytes), measured with two records of 16 KiB. */
    static final int BYTES = 80 << 10;

    /**
     * Heap of an established connection (bytes), measured: keys, received records that are not read and encrypted
     * replies that the socket does not accept.
     */
    static final int ESTABLISHED_BYTES = 208 << 10;

    private static final int HEAP_PART = 8;
    private static final int ESTABLISHED_PART = 4;
    private static final int LEAST = 16;

    private final int most;

    /** Unfinished handshakes, oldest first. Guarded by this. */
    private final Set<Object> unfinished = new LinkedHashSet<>();

    /**
     * Makes an empty set.
     *
     * @param heapBytes the largest heap of the JVM (bytes)
     */
    Handshakes(long heapBytes) {
        most = (int) Math.max(LEAST, Math.min(Integer.MAX_VALUE, heapBytes / HEAP_PART / BYTES));
    }

    /** Adds a handshake. Returns the oldest one, which must be closed, if there are too many. */
    public synchronized @Nullable Object begin(Object handshake) {
        unfinished.add(handshake);
        if (unfinished.size() <= most) {
            return null;
        }
        Iterator<Object> all = unfinished.iterator();
        Object oldest = all.next();
        all.remove();
        return oldest;
    }

    /** Removes a handshake that is complete or closed. */
    public synchronized void end(Object handshake) {
        unfinished.remove(handshake);
    }

    /**
     * Returns the largest number of established TLS connections: as many as a quarter of the heap has room for.
     *
     * @param heapBytes the largest heap of the JVM (bytes)
     */
    static int mostEstablished(long heapBytes) {
        return (int) Math.max(LEAST, Math.min(Integer.MAX_VALUE, heapBytes / ESTABLISHED_PART / ESTABLISHED_BYTES));
    }

    /** Returns the largest number of unfinished handshakes. */
    int most() {
        return most;
    }
}
