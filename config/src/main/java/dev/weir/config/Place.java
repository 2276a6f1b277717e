package dev.weir.config;

import java.util.Comparator;

/**
 * Origin of a setting as errors show it: {@code weir.conf:14} or {@code -drive id=vm1,…}. Places sort in reading
 * order: the file first and then its includes and the command line.
 *
 * @param order 0 for the file, 1 for its includes, then one number per option
 * @param name file or option
 * @param line line in the file from 1; 0 if unknown
 */
record Place(int order, String name, int line) implements Comparable<Place> {
    private static final Comparator<Place> READING =
            Comparator.comparingInt(Place::order).thenComparing(Place::name).thenComparingInt(Place::line);

    /** Returns whether the origin is a drive of the command line. */
    boolean isDriveOption() {
        return name.startsWith("-drive ");
    }

    @Override
    public int compareTo(Place other) {
        return READING.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? name : name + ":" + line;
    }
}
