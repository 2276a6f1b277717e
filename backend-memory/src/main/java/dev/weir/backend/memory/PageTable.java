package dev.weir.backend.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The allocated pages of a drive, by page number: a tree of nodes with 64 slots each. The largest size of the drive
 * gives the depth. Nodes exist only above allocated pages, so the memory of a table follows the content of the drive.
 *
 * <p>Thread-safe. Lookups take no lock: slots are written with release and read with acquire semantics. A node that
 * was removed from the tree stays empty.
 */
class PageTable {
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

    /** Right shift that turns a page number into a slot of the root. */
    private final int topShift;

    /**
     * The root. Slots hold nodes; those of the lowest level hold pages. Changed only under the lock of this table.
     */
    private final @Nullable Object[] root = new @Nullable Object[SLOTS];

    /** Creates a table for page numbers up to {@code lastNumber}. */
    PageTable(long lastNumber) {
        int shift = 0;
        while (lastNumber >>> shift >= SLOTS) {
            shift += BITS;
        }
        topShift = shift;
    }

    /**
     * Creates a larger table with the pages of another one, which must not be used any more.
     *
     * @param lastNumber a page number that {@code smaller} does not {@linkplain #covers cover}
     */
    PageTable(long lastNumber, PageTable smaller) {
        this(lastNumber);
        @Nullable Object[] node = root;
        for (int shift = topShift - BITS; shift > smaller.topShift; shift -= BITS) {
            @Nullable Object[] child = new @Nullable Object[SLOTS];
            set(node, 0, child);
            node = child;
        }
        set(node, 0, smaller.root);
    }

    /** Returns whether the table has a place for a page with this number. */
    boolean covers(long number) {
        return number >>> topShift < SLOTS;
    }

    /** Receives pages in ascending order. */
    interface Visitor {
        /** Visits a page. Returns whether to continue. */
        boolean visit(long number, Page page);
    }

    /** Returns the page with this number, or null. */
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

    /** Adds {@code page} unless the number has one. Returns the page now in the table. */
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

    /** Removes the page with this number (which must exist) and the nodes that become empty. */
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
     * Visits the pages from {@code first} to {@code last} (inclusive). A page that is added or removed during the
     * call may be missed.
     *
     * @return whether the visitor continued to the end
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
