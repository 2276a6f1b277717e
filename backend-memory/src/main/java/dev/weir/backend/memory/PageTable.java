package dev.weir.backend.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The pages that a drive has, by number: a tree of nodes of 64 slots, as deep as the drive needs. Nodes are there
 * only above pages that are there, so a table costs what is in the drive and not what its size is.
 *
 * <p>Thread-safe. Finding takes no lock: slots are published with release and read with acquire, and a node that
 * has left the tree is empty and stays so.
 */
class PageTable {
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** How far a page number is shifted to be a slot of the root. */
    private final int topShift;

    /** Slots hold nodes, those of the lowest level pages. Changed under the lock of this table only. */
    private final @Nullable Object[] root = new @Nullable Object[SLOTS];

    /** For a drive whose last page has this number. */
    PageTable(long lastNumber) {
        int shift = 0;
        while (lastNumber >>> shift >= SLOTS) {
            shift += BITS;
        }
        topShift = shift;
    }

    /** Does something with one page. */
    interface Visitor {
        /** Returns whether to go on. */
        boolean visit(long number, Page page);
    }

    /** Returns the page of this number, or null if there is none. */
    @Nullable
    Page find(long number) {
        @Nullable Object[] node = root;
        for (int shift = topShift; shift > 0; shift -= BITS) {
            @Nullable Object child = get(node, slot(number, shift));
            if (child == null) {
                return null;
            }
            node = node(child);
        }
        return (Page) get(node, slot(number, 0));
    }

    /** Returns the page of this number, which is {@code page} if there was none. */
    synchronized Page putIfAbsent(long number, Page page) {
        @Nullable Object[] node = root;
        for (int shift = topShift; shift > 0; shift -= BITS) {
            int slot = slot(number, shift);
            if (node[slot] == null) {
                set(node, slot, new @Nullable Object[SLOTS]);
            }
            node = node(node[slot]);
        }
        int slot = slot(number, 0);
        @Nullable Object there = node[slot];
        if (there != null) {
            return (Page) there;
        }
        set(node, slot, page);
        return page;
    }

    /** Takes out the page of this number, which is there, and the nodes that hold nothing any more. */
    synchronized void remove(long number) {
        remove(root, topShift, number);
    }

    private static void remove(@Nullable Object[] node, int shift, long number) {
        int slot = slot(number, shift);
        if (shift > 0) {
            @Nullable Object[] child = node(node[slot]);
            remove(child, shift - BITS, number);
            if (!isEmpty(child)) {
                return;
            }
        }
        set(node, slot, null);
    }

    /**
     * Visits the pages from one number to another, both included, that are there throughout the call.
     *
     * @return whether the visitor has seen them all
     */
    boolean forEach(long first, long last, Visitor visitor) {
        return forEach(root, topShift, 0, first, last, visitor);
    }

    private static boolean forEach(
            @Nullable Object[] node, int shift, long base, long first, long last, Visitor visitor) {
        int from = first <= base ? 0 : (int) ((first - base) >>> shift);
        int to = (int) Math.min(SLOTS - 1, (last - base) >>> shift);
        for (int slot = from; slot <= to; slot++) {
            @Nullable Object child = get(node, slot);
            long number = base + ((long) slot << shift);
            boolean goOn = child == null
                    || (child instanceof Page page
                            ? visitor.visit(number, page)
                            : forEach(node(child), shift - BITS, number, first, last, visitor));
            if (!goOn) {
                return false;
            }
        }
        return true;
    }

    private static int slot(long number, int shift) {
        return (int) (number >>> shift) & (SLOTS - 1);
    }

    private static @Nullable Object get(@Nullable Object[] node, int slot) {
        return SLOT.getAcquire(node, slot);
    }

    private static void set(@Nullable Object[] node, int slot, @Nullable Object child) {
        SLOT.setRelease(node, slot, child);
    }

    private static @Nullable Object[] node(@Nullable Object child) {
        return (@Nullable Object[]) Objects.requireNonNull(child);
    }

    private static boolean isEmpty(@Nullable Object[] node) {
        for (@Nullable Object child : node) {
            if (child != null) {
                return false;
            }
        }
        return true;
    }
}
