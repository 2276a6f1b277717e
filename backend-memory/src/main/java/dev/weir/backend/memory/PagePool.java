package dev.weir.backend.memory;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.memory.DirectMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of pages that all memory drives share, outside the heap. Allocates memory on demand, in chunks and up to a
 * fixed limit: {@link LazyMemory} of the kernel, or direct memory of the JVM without native access. Pages that one
 * drive frees are reused by the next. When the last drive is closed and no page is on loan, the pool drops all chunks
 * for the garbage collector. The kernel gets the content of lazy memory back at once.
 *
 * <p>Thread-safe.
 */
final class PagePool {
    private static final Logger LOG = LoggerFactory.getLogger(PagePool.class);

    /** Pages of a chunk that the JVM zeroes whole; small, because the first write waits for it. */
    private static final int DIRECT_CHUNK_PAGES = (1 << 20) / Page.BYTES;

    /** Pages of a chunk of lazy memory; large, because a process may have 65,530 mappings. */
    private static final int LAZY_CHUNK_PAGES = (64 << 20) / Page.BYTES;

    private final long maxBytes;
    private final String remedy;
    private final IntFunction<@Nullable LazyMemory> lazy;

    private final StampedLock takers = new StampedLock();

    // fields below: guarded by this
    private int drives;
    private long usedPages;
    private long reservedPages;

    /** Whether the JVM was out of memory before, so that the warning is logged once. */
    private boolean jvmWasShort;

    private @Nullable Page unused;
    private ByteBuffer chunk = ByteBuffer.allocate(0);

    /** The lazy memory of {@link #chunk}; null if it is direct memory. */
    private @Nullable LazyMemory lazyChunk;

    private final List<LazyMemory> lazyChunks = new ArrayList<>();

    /** Creates a pool of at most {@code maxBytes} bytes. */
    PagePool(long maxBytes) {
        this(maxBytes, "");
    }

    /**
     * Creates a pool.
     *
     * @param maxBytes its limit
     * @param remedy the option of the JVM that raises the limit
     */
    PagePool(long maxBytes, String remedy) {
        this(maxBytes, remedy, LazyMemory::map);
    }

    /**
     * Creates a pool.
     *
     * @param maxBytes its limit
     * @param lazy maps lazy memory of a length in bytes, or returns null
     */
    PagePool(long maxBytes, IntFunction<@Nullable LazyMemory> lazy) {
        this(maxBytes, "", lazy);
    }

    private PagePool(long maxBytes, String remedy, IntFunction<@Nullable LazyMemory> lazy) {
        this.maxBytes = maxBytes;
        this.remedy = remedy;
        this.lazy = lazy;
    }

    /**
     * Returns a lock that is read from {@link #take} until the page is in a table or given back. A thread that holds it
     * for writing finds all taken pages in their tables.
     */
    StampedLock takers() {
        return takers;
    }

    /** A page of new memory and the place in its chunk. */
    private record Fresh(Page page, @Nullable LazyMemory chunk, int at) {}

    /**
     * Takes a page of zeroes.
     *
     * @param detached counter of the drive's detached pages
     * @param isWhole whether a write of the whole page follows
     * @throws BlockException with ENOSPC if the limit is reached or the JVM has no memory
     */
    Page take(DetachedPages detached, boolean isWhole) throws BlockException {
        Page used = takeUnused(detached);
        if (used != null) {
            used.zero(0, Page.BYTES);
            return used;
        }
        Fresh fresh = takeFresh(detached);
        if (isWhole && fresh.chunk != null) {
            // outside the lock because the kernel zeroes the memory now
            fresh.chunk.touch(fresh.at, Page.BYTES);
        }
        return fresh.page;
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

    /** Takes a page of new memory, which is zero. */
    private synchronized Fresh takeFresh(DetachedPages detached) throws BlockException {
        if (!chunk.hasRemaining()) {
            chunk = newChunk();
        }
        int at = chunk.position();
        Page page = new Page(chunk.slice(at, Page.BYTES), this, detached);
        chunk.position(at + Page.BYTES);
        usedPages++;
        return new Fresh(page, lazyChunk, at);
    }

    private ByteBuffer newChunk() throws BlockException {
        long pagesLeft = maxBytes / Page.BYTES - reservedPages;
        if (pagesLeft == 0) {
            throw noRoom();
        }
        lazyChunk = lazy.apply((int) Math.min(LAZY_CHUNK_PAGES, pagesLeft) * Page.BYTES);
        ByteBuffer memory;
        if (lazyChunk == null) {
            memory = newDirectChunk((int) Math.min(DIRECT_CHUNK_PAGES, pagesLeft));
        } else {
            lazyChunks.add(lazyChunk);
            memory = lazyChunk.bytes();
        }
        reservedPages += memory.capacity() / Page.BYTES;
        return memory;
    }

    private ByteBuffer newDirectChunk(int pages) throws BlockException {
        try {
            return DirectMemory.allocate(pages * Page.BYTES);
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
                "no memory left: all memory drives together are limited to " + maxBytes + " bytes (raise " + remedy
                        + ")");
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
            lazyChunks.forEach(LazyMemory::discard);
            lazyChunks.clear();
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
