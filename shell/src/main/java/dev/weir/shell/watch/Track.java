package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.shell.text.LimitUsage;
import dev.weir.shell.text.Rates;
import dev.weir.shell.text.Units;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * What a drive has done in the last second, and how many requests waited when it was last looked at.
 *
 * <p>Not thread-safe.
 */
final class Track {
    static final int DEPTHS = 8;

    private static final long WINDOW_NANOS = 1_000_000_000L;

    /** How it stood: what it had done, and how many requests were in it. */
    private record Moment(long nanos, Counters counters, int inside) {}

    private final Deque<Moment> moments = new ArrayDeque<>();
    private final History depths = new History();
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
        int queued = drive.queuedReads() + drive.queuedWrites();
        moments.add(new Moment(now, drive.counters(), queued + drive.inFlight()));
        depths.add(queued);
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

    /** Returns how many requests waited at the last looks. */
    History depths() {
        return depths;
    }

    int depth() {
        return depths.last();
    }

    /**
     * Returns the mean time from a request's arrival to its answer in the last second, by Little's law: the requests that
     * were inside, divided by those that came out in a second. 0 if none came out.
     */
    long latencyNanos() {
        double perSecond = rates.requests();
        double inside = moments.stream().mapToInt(Moment::inside).average().orElse(0);
        return perSecond == 0 ? 0 : Math.round(inside / perSecond * WINDOW_NANOS);
    }

    /** Returns the drive as a line of a list, with the limit of which most is used. */
    Row row(Optional<LimitUsage> tightest) {
        String state = last.state().name().toLowerCase(Locale.ROOT);
        String trouble = last.state() == State.SERVING ? "" : state + ": " + last.reason();
        return new Row(last.name(), trouble, rates, tightest, depth(), depths, next(), latencyNanos());
    }

    /** When the next request is released, as far as it is the timer's to say. */
    private String next() {
        TimerSnapshot timer = last.timer();
        if (timer.armed()) {
            return timer.dueInNanos() < 0 ? "now" : Units.nanos(timer.dueInNanos());
        }
        return last.state() == State.HOLDING ? "held" : "-";
    }
}
