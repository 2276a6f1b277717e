package dev.weir.shell.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last numbers of a series, one for each look. Not thread-safe. */
final class History {
    /** The maximum number of kept values, which is the widest sparkline. */
    static final int LENGTH = 60;

    private final Deque<Integer> numbers = new ArrayDeque<>(LENGTH + 1);

    void add(int number) {
        numbers.add(number);
        if (numbers.size() > LENGTH) {
            numbers.removeFirst();
        }
    }

    /** Returns the latest value; 0 if none was added. */
    int last() {
        return numbers.isEmpty() ? 0 : numbers.getLast();
    }

    /** Returns up to {@code count} of the latest values, oldest first. */
    List<Integer> last(int count) {
        List<Integer> all = new ArrayList<>(numbers);
        return all.subList(Math.max(0, all.size() - count), all.size());
    }
}
