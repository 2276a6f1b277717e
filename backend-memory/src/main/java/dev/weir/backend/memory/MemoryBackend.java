package dev.weir.backend.memory;

import dev.weir.block.BlockException;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.HintedBackend;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.StampedLock;

/**
 * A sparse drive in memory. The first write to a page allocates it. A trim (or a write-zeroes request that may unmap)
 * frees a page that is zero afterwards. A page on loan keeps its memory until the loan ends. If the drive has too
 * many such pages, the page stays in the table as zeroes. A write-zeroes request that may not unmap keeps allocated
 * pages and allocates none.
 *
 * <p>Thread-safe. Reads take no lock and allocate nothing: they copy the bytes and copy again if the page was
 * freed meanwhile. A loan locks the loan count of its page. Writes lock the destination page. Lock order: {@link
 * PagePool#takers}, then a page, then any other lock. Design: {@code docs/design/decisions/008-memory-backend.md}.
 */
final class MemoryBackend implements HintedBackend {

    /** The table of every drive without a page. It stays empty and covers any size. */
    private static final PageTable NO_PAGES = new PageTable(Long.MAX_VALUE);

    private final PagePool pool;
    private volatile long size;

    /** Made for the first page, because many drives stay empty. */
    private volatile PageTable pages;

    private final DetachedPages detached = new DetachedPages();

    MemoryBackend(long size, PagePool pool) {
        this(size, pool, NO_PAGES);
    }

    MemoryBackend(long size, PagePool pool, PageTable pages) {
        this.size = size;
        this.pool = pool;
        this.pages = pages;
        pool.enter();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void read(ByteBuffer destination, long offset) {
        int limit = destination.limit();
        long at = offset;
        for (int position = destination.position(); position < limit; ) {
            int from = (int) at & (Page.BYTES - 1);
            int length = Math.min(limit - position, Page.BYTES - from);
            readPage(at >>> Page.SHIFT, from, destination, position, length);
            position += length;
            at += length;
        }
        destination.position(limit);
    }

    private void readPage(long number, int from, ByteBuffer destination, int position, int length) {
        Page page = pages.find(number);
        while (page != null) {
            page.read(from, destination, position, length);
            // reads the bytes before the table: a page still in the table was not reused (see
            // docs/design/decisions/008)
            VarHandle.acquireFence();
            Page now = pages.find(number);
            if (now == page) {
                return;
            }
            page = now;
        }
        Page.readZeroes(destination, position, length);
    }

    /** Lends allocated pages. Returns false at an unallocated page; its zeroes must be copied. */
    @Override
    public boolean lend(long offset, long length, Borrower borrower) {
        long end = offset + length;
        for (long at = offset; at < end; ) {
            int from = (int) at & (Page.BYTES - 1);
            int here = (int) Math.min(end - at, Page.BYTES - from);
            Page page = pages.find(at >>> Page.SHIFT);
            if (page == null || !page.lend(from, here, borrower)) {
                return false;
            }
            at += here;
        }
        return true;
    }

    @Override
    public void write(ByteBuffer source, long offset) throws BlockException {
        int limit = source.limit();
        long at = offset;
        for (int position = source.position(); position < limit; ) {
            int from = (int) at & (Page.BYTES - 1);
            int length = Math.min(limit - position, Page.BYTES - from);
            writePage(at >>> Page.SHIFT, from, source, position, length);
            position += length;
            at += length;
        }
        source.position(limit);
    }

    private void writePage(long number, int from, ByteBuffer source, int position, int length) throws BlockException {
        boolean written = false;
        while (!written) {
            Page page = pages.find(number);
            if (page == null) {
                page = newPage(number, length == Page.BYTES);
            }
            written = page.write(from, source, position, length);
        }
    }

    private Page newPage(long number, boolean isWhole) throws BlockException {
        StampedLock takers = pool.takers();
        long taker = takers.readLock();
        try {
            return takePage(number, isWhole);
        } catch (BlockException e) {
            // another thread may be about to put this page into the table, or to give one back
        } finally {
            takers.unlockRead(taker);
        }
        long alone = takers.writeLock();
        try {
            Page there = pages.find(number);
            return there != null ? there : takePage(number, isWhole);
        } finally {
            takers.unlockWrite(alone);
        }
    }

    private Page takePage(long number, boolean isWhole) throws BlockException {
        try {
            Page mine = pool.take(detached, isWhole);
            Page there = putOrGiveBack(number, mine);
            if (there != mine) {
                mine.letGo();
            }
            return there;
        } catch (OutOfMemoryError e) {
            throw pool.noRoom();
        }
    }

    private Page putOrGiveBack(long number, Page page) {
        try {
            return table().putIfAbsent(number, page);
        } catch (OutOfMemoryError e) {
            page.letGo();
            throw e;
        }
    }

    /** Returns the table for a new page. */
    private PageTable table() {
        PageTable now = pages;
        return now == NO_PAGES ? newTable() : now;
    }

    private synchronized PageTable newTable() {
        if (pages == NO_PAGES) {
            pages = new PageTable((size - 1) >>> Page.SHIFT);
        }
        return pages;
    }

    @Override
    public void writeZeroes(long offset, long length, boolean mayUnmap) {
        long end = offset + length;
        pages.forEach(offset >>> Page.SHIFT, (end - 1) >>> Page.SHIFT, (number, page) -> {
            long start = number << Page.SHIFT;
            int from = (int) Math.max(0, offset - start);
            int to = (int) Math.min(Page.BYTES, end - start);
            if (!mayUnmap) {
                page.zero(from, to - from);
            } else {
                page.zeroAndRelease(from, to - from, () -> pages.remove(number));
            }
            return true;
        });
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return true;
    }

    @Override
    public void blockStatus(long offset, long length, ExtentVisitor visitor) {
        long end = offset + length;
        PageExtents extents = new PageExtents(offset, end, visitor);
        if (pages.forEach(offset >>> Page.SHIFT, (end - 1) >>> Page.SHIFT, extents)) {
            extents.end();
        }
    }

    @Override
    public void trim(long offset, long length) {
        writeZeroes(offset, length, true);
    }

    /**
     * Grows at once. A smaller size frees the pages beyond it, also those on loan, whose memory returns to the pool
     * after their last loan.
     */
    @Override
    public void resize(long newSize) throws BlockException {
        long last = (newSize - 1) >>> Page.SHIFT;
        if (newSize < size) {
            int from = (int) newSize & (Page.BYTES - 1);
            if (from > 0) {
                writeZeroes(newSize, Page.BYTES - from, true);
            }
            freePages(last + 1);
        } else if (!pages.covers(last)) {
            try {
                pages = new PageTable(last, pages);
            } catch (OutOfMemoryError e) {
                throw pool.noRoom();
            }
        }
        size = newSize;
    }

    private void freePages(long first) {
        pages.forEach(first, (size - 1) >>> Page.SHIFT, (number, page) -> {
            page.free(() -> pages.remove(number));
            return true;
        });
    }

    /** Returns the number of freed pages that are still on loan. */
    int detachedPages() {
        return detached.count();
    }

    /** Does nothing: a memory drive does not survive a crash. */
    @Override
    public void flush() {}

    @Override
    public void close() {
        freePages(0);
        pool.leave();
    }
}
