package dev.weir.backend.memory;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Number of detached pages of one drive: pages that were trimmed out of its table while clients have parts of them on
 * loan. The number is bounded by {@link #MAX}. Without the bound, a client that reads without taking the replies and
 * then trims and rewrites could use the memory of all drives.
 *
 * <p>Thread-safe.
 */
final class DetachedPages {

    /** Largest number; 4 MiB of pages. */
    static final int MAX = (4 << 20) / Page.BYTES;

    private final AtomicInteger pages = new AtomicInteger();

    /** Counts one more page. Returns false if the drive has {@link #MAX} already. */
    boolean add() {
        int before;
        do {
            before = pages.get();
        } while (before < MAX && !pages.compareAndSet(before, before + 1));
        return before < MAX;
    }

    /** Counts one page less, after its last loan was given back. */
    void remove() {
        pages.decrementAndGet();
    }

    int count() {
        return pages.get();
    }
}
