package dev.weir.config;

import java.util.Comparator;

/**
 * Where something was written, as it stands before a fault: {@code weir.conf:14} or {@code -drive id=vm1,…}.
 * Places are ordered as a person reads: the file, what it includes, then the command line.
 *
 * @param order the file 0, what it includes 1, then each option of the command line in turn
 * @param name the file or the option
 * @param line the line in the file, from 1; 0 if there is none to name
 */
record Place(int order, String name, int line) implements Comparable<Place> {
    private static final Comparator<Place> READING =
            Comparator.comparingInt(Place::order).thenComparing(Place::name).thenComparingInt(Place::line);

    @Override
    public int compareTo(Place other) {
        return READING.compare(this, other);
    }

    @Override
    public String toString() {
        return line == 0 ? name : name + ":" + line;
    }
}
