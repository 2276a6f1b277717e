package dev.weir.filter.faults.unflushed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * The newest data of a sequence of writes: parts that do not overlap, by offset. Not thread-safe.
 */
final class Image {
    private final TreeMap<Long, Write> parts = new TreeMap<>();

    /** Returns the image of writes in their order. */
    static Image of(Collection<Write> writes) {
        Image image = new Image();
        writes.forEach(image::put);
        return image;
    }

    /** Puts a write over the earlier ones. */
    void put(Write write) {
        cut(write.offset(), write.end());
        parts.put(write.offset(), write);
    }

    /** Removes a range. */
    void cut(long start, long end) {
        for (Write part : overlapping(start, end)) {
            parts.remove(part.offset());
            if (part.offset() < start) {
                parts.put(part.offset(), part.part(part.offset(), start));
            }
            if (part.end() > end) {
                parts.put(end, part.part(end, part.end()));
            }
        }
    }

    /** Removes the parts of some writes by their numbers. */
    void removeIf(LongPredicate number) {
        parts.values().removeIf(part -> number.test(part.number()));
    }

    /** Returns the parts with a byte in a range, in ascending order and uncut. */
    List<Write> overlapping(long start, long end) {
        Map.Entry<Long, Write> first = parts.floorEntry(start);
        long from = first != null && first.getValue().end() > start ? first.getKey() : start;
        return from >= end ? List.of() : new ArrayList<>(parts.subMap(from, end).values());
    }

    void clear() {
        parts.clear();
    }

    Collection<Write> parts() {
        return parts.values();
    }
}
