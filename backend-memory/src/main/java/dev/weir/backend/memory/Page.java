package dev.weir.backend.memory;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One page of one drive: {@value #BYTES} bytes outside the heap. A page has one life: it is taken from the pool,
 * is in a drive's table at one place, and is released; its memory comes back as another page. So whoever finds
 * the same page in the table before and after reading it has read that place and nothing else.
 *
 * <p>Writing and releasing lock the page, reading does not.
 */
final class Page {
    static final int SHIFT = 16;
    static final int BYTES = 1 << SHIFT;

    private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(BYTES).asReadOnlyBuffer();

    /** From 0 to its capacity; position and limit are never moved. */
    private final ByteBuffer memory;

    /** Whether the page has left the table, and what is written to it is lost. Guarded by this. */
    private boolean released;

    /** The next of the pool's unused pages; of no meaning while the page is in use. Guarded by the pool. */
    @Nullable
    Page nextUnused;

    Page(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Returns a new page in the memory of this one, with what was left there. */
    Page reborn() {
        return new Page(memory);
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
     * Zeroes a part and, if all is zero then, releases the page.
     *
     * @param remove takes the page out of the table; runs while nothing can be written to it
     * @return whether this call released the page, so that its memory may be used again
     */
    synchronized boolean zeroAndRelease(int from, int length, Runnable remove) {
        if (released) {
            return false;
        }
        if (length < BYTES) {
            memory.put(from, ZEROES, 0, length);
            if (!memory.equals(ZEROES)) {
                return false;
            }
        }
        released = true;
        remove.run();
        return true;
    }
}
