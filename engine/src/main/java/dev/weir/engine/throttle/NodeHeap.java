package dev.weir.engine.throttle;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of the members of a group. The member with the least key is first; among equal keys the one with the
 * least tie-break, then the eldest member. Keys are moments or tags: they are compared by the sign of their
 * difference.
 *
 * <p>All changes take O(log n) and allocate only to grow. Guarded by the lock of the {@link ThrottleDomain}.
 */
final class NodeHeap {
    private static final TreeNode[] NO_NODES = {};
    private static final long[] NO_KEYS = {};
    private static final int INITIAL_CAPACITY = 4;

    /** The index of this heap in {@link TreeNode#places}. */
    private final int number;

    private @Nullable TreeNode[] nodes = NO_NODES;
    private long[] keys = NO_KEYS;
    private long[] ties = NO_KEYS;
    private int size;

    NodeHeap(int number) {
        this.number = number;
    }

    @Nullable
    TreeNode first() {
        return size == 0 ? null : nodes[0];
    }

    /** Returns the key of the first node. The heap must not be empty. */
    long firstKey() {
        return keys[0];
    }

    int size() {
        return size;
    }

    TreeNode get(int place) {
        TreeNode node = nodes[place];
        if (node == null || place >= size) {
            throw new IndexOutOfBoundsException(place);
        }
        return node;
    }

    /** Adds a node or changes its keys. */
    void put(TreeNode node, long key, long tie) {
        int place = node.places[number] - 1;
        if (place < 0) {
            if (size == nodes.length) {
                grow();
            }
            place = size++;
        }
        place = raise(place, node, key, tie);
        sink(place, node, key, tie);
    }

    void remove(TreeNode node) {
        int place = node.places[number] - 1;
        if (place < 0) {
            return;
        }
        node.places[number] = 0;
        size--;
        TreeNode last = nodes[size];
        nodes[size] = null;
        if (last != null && last != node) {
            long key = keys[size];
            long tie = ties[size];
            sink(raise(place, last, key, tie), last, key, tie);
        }
    }

    /** Sets the keys of all nodes to one value. */
    void level(long key) {
        Arrays.fill(keys, 0, size, key);
        for (int place = size / 2 - 1; place >= 0; place--) {
            sink(place, get(place), key, ties[place]);
        }
    }

    private int raise(int from, TreeNode node, long key, long tie) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / 2;
            if (!precedes(node, key, tie, parent)) {
                break;
            }
            set(place, get(parent), keys[parent], ties[parent]);
            place = parent;
        }
        set(place, node, key, tie);
        return place;
    }

    private void sink(int from, TreeNode node, long key, long tie) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && precedes(get(child + 1), keys[child + 1], ties[child + 1], child)) {
                child++;
            }
            if (precedes(node, key, tie, child)) {
                break;
            }
            set(place, get(child), keys[child], ties[child]);
            place = child;
        }
        set(place, node, key, tie);
    }

    private boolean precedes(TreeNode node, long key, long tie, int place) {
        if (key != keys[place]) {
            return key - keys[place] < 0;
        }
        return tie == ties[place] ? node.ordinal < get(place).ordinal : tie - ties[place] < 0;
    }

    private void set(int place, TreeNode node, long key, long tie) {
        nodes[place] = node;
        keys[place] = key;
        ties[place] = tie;
        node.places[number] = place + 1;
    }

    private void grow() {
        int capacity = Math.max(INITIAL_CAPACITY, nodes.length * 2);
        nodes = Arrays.copyOf(nodes, capacity);
        keys = Arrays.copyOf(keys, capacity);
        ties = Arrays.copyOf(ties, capacity);
    }
}
