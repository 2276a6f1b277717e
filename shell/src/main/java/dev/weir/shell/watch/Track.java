package dev.weir.shell.watch;

import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.DriveSnapshot.TimerSnapshot;
import dev.weir.drive.control.FilterSnapshot;
import dev.weir.fault.FaultState;
import dev.weir.view.text.LimitUsage;
import dev.weir.view.text.Rates;
import dev.weir.view.text.Units;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The rates of a drive in the last second and its queue depth at the last looks.
 *
 * <p>Not thread-safe.
 */
final class Track {
    static final int DEPTHS = 8;

    private static final long WINDOW_NANOS = 1_000_000_000L;

    /** A snapshot: its time, the counters and the number of requests inside the drive (waiting or in flight). */
    private record Moment(long nanos, Counters counters, int inside) {}

    private final Deque<Moment> moments = new ArrayDeque<>();
    private final History depths = new History();
    private DriveSnapshot last;
    private Rates rates = Rates.NONE;

    /**
     * Starts with a first snapshot.
     *
     * @param now the time (nanoseconds from any origin)
     */
    Track(DriveSnapshot drive, long now) {
        last = drive;
        add(drive, now);
    }

    /**
     * Adds a snapshot.
     *
     * @param now the time (nanoseconds from any origin)
     */
    void add(DriveSnapshot drive, long now) {
        Moment newest = moments.peekLast();
        if (newest != null && drive.counters().requests() < newest.counters.requests()) {
            // reopening the drive reset its counters
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

    DriveSnapshot drive() {
        return last;
    }

    Rates rates() {
        return rates;
    }

    /** Returns the queue depth at the last looks. */
    History depths() {
        return depths;
    }

    int depth() {
        return depths.last();
    }

    /** Returns the number of requests that filters and faults hold. */
    private int held() {
        return last.filters().stream().mapToInt(FilterSnapshot::held).sum()
                + last.faults().stream().mapToInt(FaultState::holding).sum();
    }

    /**
     * Returns the mean latency of the last second (nanoseconds from arrival to answer). By Little's law it is the
     * mean number of requests inside the drive divided by the requests per second. Returns 0 if no request was
     * answered.
     */
    long latencyNanos() {
        double perSecond = rates.requests();
        double inside = moments.stream().mapToInt(Moment::inside).average().orElse(0);
        return perSecond == 0 ? 0 : Math.round(inside / perSecond * WINDOW_NANOS);
    }

    /** Returns the names of the active faults on purpose. */
    List<String> activeFaults() {
        return last.faults().stream()
                .filter(FaultState::active)
                .map(state -> state.fault().name())
                .toList();
    }

    /** Returns the drive as a row of a list, with its most used limit. */
    Row row(Optional<LimitUsage> tightest) {
        String state = last.state().name().toLowerCase(Locale.ROOT);
        String trouble = last.state() == State.SERVING ? "" : state + ": " + last.reason();
        return new Row(
                last.name(),
                trouble,
                rates,
                tightest,
                String.join(", ", activeFaults()),
                depth(),
                held(),
                depths,
                next(),
                latencyNanos());
    }

    /**
     * Returns the time until the timer releases the next request. Returns {@code held} without a policy and {@code -}
     * without a pending timer.
     */
    private String next() {
        TimerSnapshot timer = last.timer();
        if (timer.armed()) {
            return timer.dueInNanos() < 0 ? "now" : Units.nanos(timer.dueInNanos());
        }
        return last.state() == State.HOLDING ? "held" : "-";
    }
}
