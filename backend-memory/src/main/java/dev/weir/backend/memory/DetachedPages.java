package dev.weir.backend.memory;

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

    /** Guarded by this. */
    private int pages;

    /** Counts one more page. Returns false if the drive has {@link #MAX} already. */
    synchronized boolean add() {
        if (pages == MAX) {
            return false;
        }
        pages++;
        return true;
    }

    /** Counts one page less, after its last loan was given back. */
    synchronized void remove() {
        pages--;
    }

    synchronized int count() {
        return pages;
    }
}
