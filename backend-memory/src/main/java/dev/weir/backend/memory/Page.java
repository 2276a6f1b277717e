package dev.weir.backend.memory;

import dev.weir.block.Borrower;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One page of one drive: {@value #BYTES} bytes outside the heap. A page has one life: it is taken from the pool,
 * is in a drive's table at one place, and is released; its memory comes back as another page once nobody has it on loan. So whoever finds
 * the same page in the table before and after reading it has read that place and nothing else, and so has who borrows it.
 *
 * <p>Writing and releasing lock the page, reading does not; lending takes a lock that is never held while bytes are copied.
 */
final class Page {
    static final int SHIFT = 16;
    static final int BYTES = 1 << SHIFT;

    /** Loans that are kept to be used again: each takes heap. */
    static final int MAX_SPARES = 2;

    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BYTES).asReadOnlyBuffer();

    /** From 0 to its capacity; position and limit are never moved. */
    private final ByteBuffer memory;

    private final PagePool pool;
    private final DetachedPages detached;
    private final Object lending = new Object();

    /** The loans that are out, and the drive until it releases the page. Guarded by {@link #lending}. */
    private int holders = 1;

    /** Loans that were given back, to be used again. Guarded by {@link #lending}. */
    private @Nullable PageLoan spares;

    private int spareCount;

    /** Whether the page is lent no more. Guarded by {@link #lending}. */
    private boolean isClosed;

    /** Whether the page is counted in {@link #detached}. Guarded by {@link #lending}. */
    private boolean isDetached;

    /** Whether the page has left the table, and what is written to it is lost. Guarded by this. */
    private boolean released;

    /** The next of the pool's unused pages; of no meaning while the page is in use. Guarded by the pool. */
    @Nullable
    Page nextUnused;

    /**
     * Makes a page of one drive in memory of a pool, to which the memory goes back.
     *
     * @param detached counts the pages of the drive that left its table while they were on loan
     */
    Page(ByteBuffer memory, PagePool pool, DetachedPages detached) {
        this.memory = memory;
        this.pool = pool;
        this.detached = detached;
    }

    /** Returns a new page in the memory of this one, with what was left there, for a drive with these detached pages. */
    Page reborn(DetachedPages ofDrive) {
        return new Page(memory, pool, ofDrive);
    }

    /** Copies to {@code destination}, whose position stays. What is copied counts only if the page is still in the table. */
    void read(int from, ByteBuffer destination, int position, int length) {
        destination.put(position, memory, from, length);
    }

    /** Does for a page that is not there what {@link #read} does. */
    static void readZeroes(ByteBuffer destination, int position, int length) {
        destination.put(position, ZEROES, 0, length);
    }

    /**
     * Lends a part. A page that was released while parts of it are on loan can still be lent to a reader that found it before.
     *
     * @return false if the memory may be another page's, and nothing was lent
     */
    boolean lend(int from, int length, Borrower borrower) {
        PageLoan loan;
        synchronized (lending) {
            if (holders == 0 || isClosed) {
                return false;
            }
            loan = takeSpare();
            holders++;
        }
        borrower.borrow(loan.of(from, length));
        return true;
    }

    private PageLoan takeSpare() {
        PageLoan spare = spares;
        if (spare == null) {
            return new PageLoan(this, memory);
        }
        spares = spare.nextSpare;
        spareCount--;
        return spare;
    }

    void takeBack(PageLoan loan) {
        synchronized (lending) {
            if (spareCount < MAX_SPARES) {
                loan.nextSpare = spares;
                spares = loan;
                spareCount++;
            }
        }
        letGo();
    }

    /** Gives the memory back to the pool if nobody else holds the page. */
    void letGo() {
        boolean last;
        boolean wasDetached;
        synchronized (lending) {
            holders--;
            last = holders == 0;
            wasDetached = isDetached;
        }
        if (last && wasDetached) {
            detached.remove();
        }
        if (last) {
            pool.give(this);
        }
    }

    /**
     * Copies from {@code source}, whose position stays.
     *
     * @return false if the page was released, and nothing was written
     */
    synchronized boolean write(int from, ByteBuffer source, int position, int length) {
        if (released) {
            return false;
        }
        memory.put(from, source, position, length);
        return true;
    }

    /** Zeroes a part; of no effect if the page was released. */
    synchronized void zero(int from, int length) {
        if (!released) {
            memory.put(from, ZEROES, 0, length);
        }
    }

    /**
     * Zeroes a part and, if all is zero then, releases the page. A page on loan stays in the table, and takes memory, if its drive has too many
     * {@linkplain DetachedPages detached pages}.
     *
     * @param remove takes the page out of the table; runs while nothing can be written to it
     */
    synchronized void zeroAndRelease(int from, int length, Runnable remove) {
        if (released) {
            return;
        }
        boolean isWhole = length == BYTES;
        if (!isWhole) {
            memory.put(from, ZEROES, 0, length);
            if (!memory.equals(ZEROES)) {
                return;
            }
        }
        if (mayLeave()) {
            leave(remove);
        } else if (isWhole) {
            memory.put(0, ZEROES, 0, BYTES);
        }
    }

    /**
     * Decides for good. A page that may leave is either on loan, and counted as detached, or is lent no more. The drive keeps its hold on
     * a page on loan until that has left the table, because its memory must not go to another drive before.
     */
    private boolean mayLeave() {
        synchronized (lending) {
            if (holders == 1) {
                isClosed = true;
            } else {
                isDetached = detached.add();
            }
            return isClosed || isDetached;
        }
    }

    private void leave(Runnable remove) {
        released = true;
        remove.run();
        letGo();
    }

    /** Releases the page, also beyond the bound of detached pages: its drive is closed. */
    synchronized void release(Runnable remove) {
        if (!released) {
            leave(remove);
        }
    }
}
