package dev.weir.backend.memory;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the pages of one drive that left its table, because they were trimmed, while a client has parts of them on loan. They are bounded. A client that reads,
 * does not take the replies, trims and writes again would else take the memory of all drives, however small its own drive is.
 *
 * <p>Thread-safe.
 */
final class DetachedPages {

    /** 4 MiB. */
    static final int MAX = (4 << 20) / Page.BYTES;

    private final AtomicInteger pages = new AtomicInteger();

    /** Counts one more, or returns false if the drive has its full number. */
    boolean add() {
        int before;
        do {
            before = pages.get();
        } while (before < MAX && !pages.compareAndSet(before, before + 1));
        return before < MAX;
    }

    /** Counts one less: its last loan came back. */
    void remove() {
        pages.decrementAndGet();
    }

    int count() {
        return pages.get();
    }
}
