package dev.weir.engine.throttle;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of the members of a group. The member with the least key is first; among equal keys the one with the
 * least tie-break, then the eldest member. Keys are moments or tags: they are compared by the sign of their
 * difference.
 *
 * <p>It holds the numbers of the members. So a change reads and writes a few arrays and no member, which may be in no
 * cache of the processor. All changes take O(log n) and allocate only to grow. Guarded by the lock of the {@link
 * ThrottleDomain}.
 */
final class NodeHeap {
    private static final int[] NO_NUMBERS = {};
    private static final long[] NO_KEYS = {};
    private static final int INITIAL_CAPACITY = 4;

    private final MemberTable members;

    /** The number of the member at each place. Keys and tie-breaks are parallel columns. */
    private int[] numbers = NO_NUMBERS;

    private long[] keys = NO_KEYS;
    private long[] ties = NO_KEYS;

    /** One more than the place of each member by its number; 0 if it is not in this heap. */
    private int[] places = NO_NUMBERS;

    private int size;

    NodeHeap(MemberTable members) {
        this.members = members;
    }

    @Nullable
    TreeNode first() {
        return size == 0 ? null : members.get(numbers[0]);
    }

    /** Returns the key of the first member. The heap must not be empty. */
    long firstKey() {
        return keys[0];
    }

    /** Adds a member or changes its keys. */
    void put(TreeNode member, long key, long tie) {
        int number = member.number;
        if (number >= places.length) {
            places = Arrays.copyOf(places, Math.max(INITIAL_CAPACITY, 2 * number));
        }
        int place = places[number] - 1;
        if (place < 0) {
            if (size == numbers.length) {
                grow();
            }
            place = size++;
        }
        move(place, number, key, tie);
    }

    void remove(TreeNode member) {
        if (size == 0 || member.number >= places.length || places[member.number] == 0) {
            return;
        }
        int place = places[member.number] - 1;
        places[member.number] = 0;
        size--;
        if (place < size) {
            move(place, numbers[size], keys[size], ties[size]);
        }
    }

    /** Sets the keys of all members to one value. */
    void level(long key) {
        Arrays.fill(keys, 0, size, key);
        for (int place = size / 2 - 1; place >= 0; place--) {
            int number = numbers[place];
            long tie = ties[place];
            set(sink(place, number, key, tie), number, key, tie);
        }
    }

    /** Puts a member in its order. Its old place, or the new one at the end, is free. */
    private void move(int from, int number, long key, long tie) {
        int place = raise(from, number, key, tie);
        set(place == from ? sink(from, number, key, tie) : place, number, key, tie);
    }

    private int raise(int from, int number, long key, long tie) {
        int place = from;
        while (place > 0 && precedes(number, key, tie, (place - 1) / 2)) {
            int parent = (place - 1) / 2;
            set(place, numbers[parent], keys[parent], ties[parent]);
            place = parent;
        }
        return place;
    }

    private int sink(int from, int number, long key, long tie) {
        int place = from;
        for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
            if (child + 1 < size && precedes(numbers[child + 1], keys[child + 1], ties[child + 1], child)) {
                child++;
            }
            if (precedes(number, key, tie, child)) {
                break;
            }
            set(place, numbers[child], keys[child], ties[child]);
            place = child;
        }
        return place;
    }

    private boolean precedes(int number, long key, long tie, int place) {
        if (key != keys[place]) {
            return key - keys[place] < 0;
        }
        if (tie != ties[place]) {
            return tie - ties[place] < 0;
        }
        return members.get(number).ordinal < members.get(numbers[place]).ordinal;
    }

    private void set(int place, int number, long key, long tie) {
        numbers[place] = number;
        keys[place] = key;
        ties[place] = tie;
        places[number] = place + 1;
    }

    private void grow() {
        int capacity = Math.max(INITIAL_CAPACITY, numbers.length * 2);
        numbers = Arrays.copyOf(numbers, capacity);
        keys = Arrays.copyOf(keys, capacity);
        ties = Arrays.copyOf(ties, capacity);
    }
}
