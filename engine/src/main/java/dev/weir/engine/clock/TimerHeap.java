package dev.weir.engine.clock;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of entries by when they are due, each of which knows its place, so that one can be moved or taken
 * out in logarithmic time. Moments are compared by the sign of their difference.
 *
 * <p>Not thread-safe.
 *
 * @param <E> the entries
 */
final class TimerHeap<E extends TimerHeap.Entry> {

    /** Something that is due at a moment. In one heap at most. */
    abstract static class Entry {
        long due;
        private int place = -1;
    }

    private @Nullable Entry[] entries = new @Nullable Entry[16];
    private int size;

    /** Returns the entry that is due first, or null if there is none. */
    @SuppressWarnings("unchecked") // only put() puts entries in
    @Nullable
    E first() {
        return (E) entries[0];
    }

    /** Puts an entry in, or moves it if it is in. */
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

    /** Puts an entry in unless it is in. */
    void putIfAbsent(E entry, long due) {
        if (((Entry) entry).place < 0) {
            put(entry, due);
        }
    }

    /** Takes an entry out; nothing happens if it is not in. */
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
