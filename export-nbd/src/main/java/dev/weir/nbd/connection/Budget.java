package dev.weir.nbd.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the requests in flight on all connections may carry together, in bytes. A connection may have as much as is
 * left over behind it (the dynamic thresholds of Choudhury and Hahne, 1998): one that is greedy gets half of all, n of them get
 * 1/(n + 1) each, so there is always something left for the next client, and nothing is set aside for it.
 *
 * <p>Thread-safe.
 */
public final class Budget {
    /** What a request costs at least: it takes heap, even if it carries nothing. */
    public static final long MIN_COST = 4 << 10;

    /** One in so many bytes may be of what is kept. */
    private static final int KEPT_PART = 4;

    private final AtomicLong used = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile long total;

    Budget(long total) {
        this.total = total;
    }

    /** Changes how much there is; what is in flight stays. */
    void total(long newTotal) {
        total = newTotal;
    }

    /** Returns what a request costs that carries so much. */
    static long cost(long carries) {
        return Math.max(carries, MIN_COST);
    }

    /**
     * Takes the cost of a request if there is enough.
     *
     * @param own what the connection has taken already
     */
    boolean take(long own, long cost) {
        long before = used.get();
        while (isEnough(total - before - kept.get(), before, own, cost)) {
            if (used.compareAndSet(before, before + cost)) {
                return true;
            }
            before = used.get();
        }
        return false;
    }

    /** Counts what a connection keeps that it has received and cannot take yet, enough or not; negative to undo it. */
    void keep(long bytes) {
        kept.addAndGet(bytes);
    }

    /** Returns whether so much more may be kept: up to a part of all is for that, and only what no request waits for. */
    boolean hasRoomToKeep(long bytes) {
        long of = total;
        return !isScarce() && kept.get() + bytes <= of / KEPT_PART && used() + bytes <= of;
    }

    /** A request that is the only one always goes, or one larger than the budget never would. */
    private static boolean isEnough(long left, long used, long own, long cost) {
        return used == 0 || own + 2 * cost <= left;
    }

    /** Has a task run, on any thread, once there may be enough. Try again after this: it may have been a moment ago. */
    void await(Runnable task) {
        waiting.add(task);
    }

    /** Returns whether somebody is waiting for what others have. */
    boolean isScarce() {
        return !waiting.isEmpty();
    }

    /** Gives back what requests cost that are done, and tells as many of those who wait as that may be enough for. */
    void give(long cost) {
        if (cost == 0) {
            return;
        }
        used.addAndGet(-cost);
        long helped = Math.max(1, cost / MIN_COST);
        for (Runnable next = waiting.poll(); next != null; next = --helped > 0 ? waiting.poll() : null) {
            next.run();
        }
    }

    /** Returns what is taken or kept. */
    public long used() {
        return used.get() + kept.get();
    }
}
