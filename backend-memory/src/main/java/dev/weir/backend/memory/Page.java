package dev.weir.backend.memory;

import dev.weir.block.Borrower;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One page of one drive: {@value #BYTES} bytes outside the heap. A page is used once. It is taken from the pool,
 * stays at one place of one drive's table and is freed. After its last loan its memory returns to the pool, which
 * reuses it for another page object. A reader that finds the same page in the table before and after its copy has
 * therefore read that place.
 *
 * <p>Writing and freeing lock the page; reads do not. Loans use a separate lock, which is never held during a copy.
 */
final class Page {
    static final int SHIFT = 16;
    static final int BYTES = 1 << SHIFT;

    /** Largest number of loans that are kept for reuse, because each takes heap. */
    static final int MAX_SPARES = 2;

    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BYTES).asReadOnlyBuffer();

    /** The bytes. Position and limit never change. */
    private final ByteBuffer memory;

    private final PagePool pool;
    private final DetachedPages detached;
    private final Object lending = new Object();

    /** Number of open loans, plus one until the drive frees the page. Guarded by {@link #lending}. */
    private int holders = 1;

    /** Loans for reuse, linked by {@link PageLoan#nextSpare}. Guarded by {@link #lending}. */
    private @Nullable PageLoan spares;

    private int spareCount;

    /** Whether no new loan is possible. Guarded by {@link #lending}. */
    private boolean isClosed;

    /** Whether {@link #detached} counts this page. Guarded by {@link #lending}. */
    private boolean isDetached;

    /** Whether the page has left the table, so that writes to it would be lost. Guarded by this. */
    private boolean freed;

    /** Next unused page of the pool; meaningless while this page is in use. Guarded by the pool. */
    @Nullable
    Page nextUnused;

    /**
     * Creates a page whose memory returns to {@code pool}.
     *
     * @param detached counter of the drive's detached pages
     */
    Page(ByteBuffer memory, PagePool pool, DetachedPages detached) {
        this.memory = memory;
        this.pool = pool;
        this.detached = detached;
    }

    /**
     * Returns a new page object with the memory and old content of this one.
     *
     * @param ofDrive counter of the new drive's detached pages
     */
    Page reborn(DetachedPages ofDrive) {
        return new Page(memory, pool, ofDrive);
    }

    /**
     * Copies to {@code destination} at {@code position} without a lock. The copy is valid only if the page is still
     * in the table afterwards.
     */
    void read(int from, ByteBuffer destination, int position, int length) {
        destination.put(position, memory, from, length);
    }

    /** Copies zeroes, as {@link #read} of an unallocated page. */
    static void readZeroes(ByteBuffer destination, int position, int length) {
        destination.put(position, ZEROES, 0, length);
    }

    /**
     * Lends a part. A freed page that is still on loan can be lent to a reader that found it before it was freed.
     *
     * @return false if the memory may already belong to another page; nothing was lent then
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

    /** Ends one hold. The last one returns the memory to the pool. */
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
     * Copies from {@code source} at {@code position}; does not move its position.
     *
     * @return false if the page was freed; nothing was written then
     */
    synchronized boolean write(int from, ByteBuffer source, int position, int length) {
        if (freed) {
            return false;
        }
        memory.put(from, source, position, length);
        return true;
    }

    /** Zeroes a part. Does nothing after the page was freed. */
    synchronized void zero(int from, int length) {
        if (!freed) {
            memory.put(from, ZEROES, 0, length);
        }
    }

    /**
     * Zeroes a part, then frees the page if it is all zero. A page on loan stays allocated in the table if its
     * drive has too many {@linkplain DetachedPages detached pages}.
     *
     * @param remove removes the page from the table; called while writes to the page are locked out
     */
    synchronized void zeroAndRelease(int from, int length, Runnable remove) {
        if (freed) {
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
     * Decides whether the page leaves the table, and marks it. A page on loan is counted as detached; any other page
     * is closed to new loans. The drive keeps its hold on the page until the page has left the table. Another drive
     * could otherwise get the memory while readers still find it here.
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
        freed = true;
        remove.run();
        letGo();
    }

    /** Frees the page because its drive is closed, regardless of the number of detached pages. */
    synchronized void free(Runnable remove) {
        if (!freed) {
            leave(remove);
        }
    }
}
