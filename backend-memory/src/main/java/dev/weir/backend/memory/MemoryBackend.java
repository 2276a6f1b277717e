package dev.weir.backend.memory;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockException;
import dev.weir.block.Borrower;
import dev.weir.block.ExtentVisitor;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * A sparse drive in memory. A page of it takes memory when it is first written, and gives it back when a trim or
 * a write-zeroes that may unmap leaves nothing but zeroes in it. A page on loan then keeps its memory until the loan is back. If
 * its drive has too many of these, it stays in the drive as zeroes. A trimmed range reads as zeroes. A write-zeroes that
 * may not unmap keeps the pages that are there, and takes none for those that are not.
 *
 * <p>Thread-safe. Reads take no lock and allocate nothing: they copy, and copy again if the page was taken away
 * meanwhile. Lending locks the count of a page's loans. Writes lock the page they copy to; locks are taken in the order page, then any other.
 */
final class MemoryBackend implements BlockBackend {
    private final long size;
    private final PagePool pool;
    private final PageTable pages;
    private final DetachedPages detached = new DetachedPages();

    MemoryBackend(long size, PagePool pool) {
        this(size, pool, new PageTable((size - 1) >>> Page.SHIFT));
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
            // the bytes are read before the table is: a page that is still there was not another drive's
            VarHandle.acquireFence();
            Page now = pages.find(number);
            if (now == page) {
                return;
            }
            page = now;
        }
        Page.readZeroes(destination, position, length);
    }

    /** Lends what was written; zeroes that are nowhere are copied. */
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
                page = newPage(number);
            }
            written = page.write(from, source, position, length);
        }
    }

    private Page newPage(long number) throws BlockException {
        try {
            Page mine = pool.take(detached);
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
            return pages.putIfAbsent(number, page);
        } catch (OutOfMemoryError e) {
            page.letGo();
            throw e;
        }
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

    /** Returns the number of pages that it has released and clients still have on loan. */
    int detachedPages() {
        return detached.count();
    }

    /** There is nothing that a memory drive could save from a crash. */
    @Override
    public void flush() {}

    @Override
    public void close() {
        pages.forEach(0, (size - 1) >>> Page.SHIFT, (number, page) -> {
            page.release(() -> pages.remove(number));
            return true;
        });
        pool.leave();
    }
}
