package dev.weir.backend.nbd.protocol;

import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a read that have arrived. A server may send the parts of a read in any order. Each byte must arrive
 * once, because a buffer may hold bytes of another drive before.
 *
 * <p>Not thread-safe.
 */
public final class Coverage {
    /** Most ranges apart from each other. It bounds the memory that a hostile server can take. */
    private static final int MAX_RANGES = 1024;

    private final int length;

    /** The length of the covered beginning (bytes). Servers usually send parts in sequence. */
    private int begun;

    /** Covered ranges behind the beginning, by start with their ends. They neither touch nor overlap. */
    private final TreeMap<Integer, Integer> others = new TreeMap<>();

    /**
     * Makes an empty coverage.
     *
     * @param length the length of the read (bytes)
     */
    public Coverage(int length) {
        this.length = length;
    }

    /**
     * Adds a range.
     *
     * @throws ProtocolException if it lies outside of the read, is empty or overlaps an earlier one
     */
    public void add(long offset, long bytes) throws ProtocolException {
        if (offset < 0 || bytes <= 0 || bytes > length - offset) {
            throw new ProtocolException("it sends data outside of the read");
        }
        int start = (int) offset;
        int end = (int) (offset + bytes);
        Map.Entry<Integer, Integer> before = others.floorEntry(end - 1);
        if (start < begun || (before != null && before.getValue() > start)) {
            throw new ProtocolException("it sends data of a read twice");
        }
        if (start == begun) {
            begun = end;
        } else {
            join(start, end);
        }
        Map.Entry<Integer, Integer> next = others.firstEntry();
        if (next != null && next.getKey() == begun) {
            begun = next.getValue();
            others.pollFirstEntry();
        }
    }

    private void join(int start, int end) throws ProtocolException {
        Map.Entry<Integer, Integer> before = others.lowerEntry(start);
        int from = before != null && before.getValue() == start ? before.getKey() : start;
        Integer after = others.remove(end);
        others.put(from, after == null ? end : after);
        if (others.size() > MAX_RANGES) {
            throw new ProtocolException("it scatters the data of a read over more than " + MAX_RANGES + " places");
        }
    }

    /** Returns whether every byte has arrived. */
    public boolean isComplete() {
        return begun == length;
    }
}
