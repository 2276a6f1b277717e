package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.shell.text.Rates;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What a drive has done in the last second, and how many requests waited when it was last looked at.
 *
 * <p>Not thread-safe.
 */
final class Track {
    static final int DEPTHS = 8;

    private static final long WINDOW_NANOS = 1_000_000_000L;

    private record Moment(long nanos, Counters counters) {}

    private final Deque<Moment> moments = new ArrayDeque<>();
    private final Deque<Integer> depths = new ArrayDeque<>();
    private DriveSnapshot last;
    private Rates rates = Rates.NONE;

    /** Starts with how the drive stands at a moment, in nanoseconds of any origin. */
    Track(DriveSnapshot drive, long now) {
        last = drive;
        add(drive, now);
    }

    /** Notes how the drive stands at a moment, in nanoseconds of any origin. */
    void add(DriveSnapshot drive, long now) {
        Moment newest = moments.peekLast();
        if (newest != null && drive.counters().reads() + drive.counters().writes() < done(newest)) {
            // opened again, and counted from nothing
            moments.clear();
        }
        while (moments.size() > 1 && now - moments.getFirst().nanos > WINDOW_NANOS) {
            moments.removeFirst();
        }
        moments.add(new Moment(now, drive.counters()));
        depths.add(drive.queuedReads() + drive.queuedWrites());
        if (depths.size() > DEPTHS) {
            depths.removeFirst();
        }
        last = drive;
        Moment first = moments.getFirst();
        rates = now == first.nanos
                ? Rates.NONE
                : Rates.between(first.counters, drive.counters(), (now - first.nanos) / 1e9);
    }

    private static long done(Moment at) {
        return at.counters.reads() + at.counters.writes();
    }

    DriveSnapshot drive() {
        return last;
    }

    Rates rates() {
        return rates;
    }

    /** Returns how many requests waited, the oldest first. */
    List<Integer> depths() {
        return new ArrayList<>(depths);
    }

    int depth() {
        return depths.getLast();
    }
}
