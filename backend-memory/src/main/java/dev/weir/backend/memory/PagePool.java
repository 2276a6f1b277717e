package dev.weir.backend.memory;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.memory.DirectMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that all drives share, in pages outside the heap. It is asked of the JVM when it is needed, a chunk at
 * a time and never beyond a fixed limit, so that the JVM keeps what else it needs. What one drive gives back the
 * next takes; when the last drive is closed and nothing is on loan, the pool lets go of all, and the garbage collector returns it.
 *
 * <p>Thread-safe.
 */
final class PagePool {
    private static final Logger log = LoggerFactory.getLogger(PagePool.class);

    private static final int CHUNK_PAGES = 16;

    private final long maxBytes;

    // all guarded by this
    private int drives;
    private long usedPages;
    private long reservedPages;

    /** Whether the JVM was short of memory, which is logged once. */
    private boolean jvmWasShort;

    private @Nullable Page unused;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    /** For drives that have {@code maxBytes} bytes between them. */
    PagePool(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes a page that is all zero.
     *
     * @param detached of the drive that takes it
     */
    Page take(DetachedPages detached) throws BlockException {
        Page used = takeUnused(detached);
        if (used == null) {
            return takeFresh(detached);
        }
        used.zero(0, Page.BYTES);
        return used;
    }

    private synchronized @Nullable Page takeUnused(DetachedPages detached) {
        Page last = unused;
        if (last == null) {
            return null;
        }
        Page page = last.reborn(detached);
        unused = last.nextUnused;
        usedPages++;
        return page;
    }

    /** The JVM hands out zeroed memory. */
    private synchronized Page takeFresh(DetachedPages detached) throws BlockException {
        if (!chunk.hasRemaining()) {
            chunk = newChunk();
        }
        Page page = new Page(chunk.slice(chunk.position(), Page.BYTES), this, detached);
        chunk.position(chunk.position() + Page.BYTES);
        usedPages++;
        return page;
    }

    private ByteBuffer newChunk() throws BlockException {
        int pages = (int) Math.min(CHUNK_PAGES, maxBytes / Page.BYTES - reservedPages);
        if (pages == 0) {
            throw noRoom();
        }
        try {
            ByteBuffer memory = DirectMemory.allocate(pages * Page.BYTES);
            reservedPages += pages;
            return memory;
        } catch (OutOfMemoryError e) {
            if (!jvmWasShort) {
                jvmWasShort = true;
                log.warn(
                        "memory drives have {} of {} bytes, and the JVM has no more at the moment: {}",
                        bytes(reservedPages),
                        maxBytes,
                        e.toString());
            }
            throw noRoom();
        }
    }

    BlockException noRoom() {
        return new BlockException(
                BlockError.ENOSPC,
                "no memory left: all memory drives together may have " + maxBytes
                        + " bytes (-XX:MaxDirectMemorySize raises it)");
    }

    /** Gives back a page that was released and that nobody has on loan. */
    synchronized void give(Page page) {
        page.nextUnused = unused;
        unused = page;
        usedPages--;
        letGoIfUnused();
    }

    /** Counts a drive that takes pages from here. */
    synchronized void enter() {
        drives++;
    }

    /** Counts a drive that has released all its pages. */
    synchronized void leave() {
        drives--;
        letGoIfUnused();
    }

    private void letGoIfUnused() {
        if (drives == 0 && usedPages == 0) {
            unused = null;
            chunk = ByteBuffer.allocate(0);
            reservedPages = 0;
        }
    }

    /** Returns how much the drives hold now, in bytes. */
    synchronized long usedBytes() {
        return bytes(usedPages);
    }

    /** Returns how much the pool has asked of the JVM, in bytes. */
    synchronized long reservedBytes() {
        return bytes(reservedPages);
    }

    private static long bytes(long pages) {
        return pages * Page.BYTES;
    }
}
