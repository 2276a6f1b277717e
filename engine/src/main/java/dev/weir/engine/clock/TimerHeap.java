package dev.weir.engine.clock;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of entries by due time. An entry knows its place in the heap. Moving or removing it therefore takes
 * logarithmic time. Due times are compared by the sign of their difference because they may wrap around.
 *
 * <p>Not thread-safe.
 *
 * @param <E> the type of the entries
 */
final class TimerHeap<E extends TimerHeap.Entry> {

    /** An entry with a due time. A member of at most one heap. */
    abstract static class Entry {
        long due;
        private int place = -1;
    }

    private @Nullable Entry[] entries = new @Nullable Entry[16];
    private int size;

    /** Returns the entry that is due first, or null if the heap is empty. */
    @SuppressWarnings("unchecked") // only put() puts entries in
    @Nullable
    E first() {
        return (E) entries[0];
    }

    /** Inserts an entry, or moves it if the heap contains it. */
    void put(E entry, long due) {
        entry.due = due;
        if (((Entry) entry).place < 0) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, size * 2);
            }
            set(size++, entry);
        }
        up(entry);
        down(entry);
    }

    /** Inserts an entry unless the heap contains it. */
    void putIfAbsent(E entry, long due) {
        if (((Entry) entry).place < 0) {
            put(entry, due);
        }
    }

    /** Removes an entry. Does nothing if the heap does not contain it. */
    void remove(E entry) {
        Entry removed = entry;
        if (removed.place < 0) {
            return;
        }
        int hole = removed.place;
        removed.place = -1;
        Entry last = at(--size);
        entries[size] = null;
        if (last != removed) {
            set(hole, last);
            up(last);
            down(last);
        }
    }

    private void up(Entry entry) {
        while (entry.place > 0 && entry.due - at((entry.place - 1) / 2).due < 0) {
            swap(entry, at((entry.place - 1) / 2));
        }
    }

    private void down(Entry entry) {
        for (; ; ) {
            int child = 2 * entry.place + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && at(child + 1).due - at(child).due < 0) {
                child++;
            }
            if (at(child).due - entry.due >= 0) {
                return;
            }
            swap(entry, at(child));
        }
    }

    private void swap(Entry a, Entry b) {
        int place = a.place;
        set(b.place, a);
        set(place, b);
    }

    private void set(int place, Entry entry) {
        entries[place] = entry;
        entry.place = place;
    }

    private Entry at(int place) {
        Entry entry = entries[place];
        if (entry == null) {
            throw new IndexOutOfBoundsException(place);
        }
        return entry;
    }
}
