package dev.weir.backend.memory;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.memory.DirectMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of pages that all memory drives share, outside the heap. Allocates memory from the JVM on demand, in
 * chunks and up to a fixed limit. Pages that one drive frees are reused by the next. When the last drive is closed
 * and no page is on loan, the pool drops all chunks for the garbage collector.
 *
 * <p>Thread-safe.
 */
final class PagePool {
    private static final Logger LOG = LoggerFactory.getLogger(PagePool.class);

    private static final int CHUNK_PAGES = 16;

    private final long maxBytes;

    // fields below: guarded by this
    private int drives;
    private long usedPages;
    private long reservedPages;

    /** Whether the JVM was out of memory before, so that the warning is logged once. */
    private boolean jvmWasShort;

    private @Nullable Page unused;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    /** Creates a pool of at most {@code maxBytes} bytes. */
    PagePool(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes a page of zeroes.
     *
     * @param detached counter of the drive's detached pages
     * @throws BlockException with ENOSPC if the limit is reached or the JVM has no memory
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

    /** Takes a page of new memory, which the JVM has zeroed. */
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
                LOG.warn(
                        "memory drives hold {} of {} bytes; the JVM cannot allocate more now: {}",
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
                "no memory left: all memory drives together are limited to " + maxBytes
                        + " bytes (raise -XX:MaxDirectMemorySize)");
    }

    /** Returns a freed page that has no loans. */
    synchronized void give(Page page) {
        page.nextUnused = unused;
        unused = page;
        usedPages--;
        letGoIfUnused();
    }

    /** Counts a new drive. */
    synchronized void enter() {
        drives++;
    }

    /** Counts a closed drive, which has freed all its pages. */
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

    /** Returns the memory of the pages in use, in bytes. */
    synchronized long usedBytes() {
        return bytes(usedPages);
    }

    /** Returns the memory allocated from the JVM, in bytes. */
    synchronized long reservedBytes() {
        return bytes(reservedPages);
    }

    private static long bytes(long pages) {
        return pages * Page.BYTES;
    }
}
