package dev.weir.view.source;

import dev.weir.clock.Clock;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.view.text.Rates;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Computes rates from the snapshots that successive calls take. No sampler runs between calls. See
 * docs/design/decisions/011.
 *
 * <p>Thread-safe.
 */
public final class RecentRates {
    private static final long SHORTEST_NANOS = 500_000_000L;
    private static final long LONGEST_NANOS = 10_000_000_000L;
    private static final long LOOK_MILLIS = 200;
    private static final double NANOS_PER_SECOND = 1e9;

    private record Look(long nanos, Counters counters) {}

    /** The last two snapshots of a drive. The older one is the base while the newer one is too recent. */
    private record Looks(@Nullable Look older, Look newer) {}

    /** The most callers that block at a time. Further callers get only the rates known without blocking. */
    private static final int MOST_WAITING = 4;

    private final Map<String, Looks> drives = new ConcurrentHashMap<>();
    private final Semaphore waiting = new Semaphore(MOST_WAITING);

    /**
     * Returns recent rates by drive. Uses the last snapshots of earlier calls. Blocks for {@value #LOOK_MILLIS} ms
     * if a drive in use has none that is 0.5 to 10 s old. Such a drive has no rate if four callers are blocked already.
     */
    public Map<String, Rates> of(Collection<DriveControl> controls, Clock time) {
        Map<String, Rates> rates = new HashMap<>();
        Map<DriveControl, DriveSnapshot> unknown = new LinkedHashMap<>();
        long from = time.nanoTime();
        for (DriveControl drive : controls) {
            DriveSnapshot snapshot = drive.snapshot();
            Rates known = since(snapshot, time.nanoTime());
            if (known != null) {
                rates.put(drive.name(), known);
            } else if (snapshot.counters().requests() > 0) {
                unknown.put(drive, snapshot);
            }
        }
        if (!unknown.isEmpty() && waiting.tryAcquire()) {
            try {
                pause();
            } finally {
                waiting.release();
            }
            long to = time.nanoTime();
            unknown.forEach((drive, before) -> rates.put(drive.name(), between(before, from, drive.snapshot(), to)));
        }
        return rates;
    }

    /** Returns the recent rates of a drive; null if {@link #of} needs to block for them. */
    @Nullable
    Rates atOnce(DriveSnapshot drive, long now) {
        Rates known = since(drive, now);
        return known != null || drive.counters().requests() > 0 ? known : Rates.NONE;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /**
     * Records a snapshot of a drive and returns the rates since an earlier one.
     *
     * @return the rates; null without a snapshot that is 0.5 to 10 s old
     */
    @Nullable
    Rates since(DriveSnapshot drive, long now) {
        Look current = new Look(now, drive.counters());
        Looks before = drives.get(drive.name());
        Look base = before == null
                ? null
                : isUsable(before.newer, current)
                        ? before.newer
                        : isUsable(before.older, current) ? before.older : null;
        if (before == null || now - before.newer.nanos >= SHORTEST_NANOS) {
            drives.put(drive.name(), new Looks(before == null ? null : before.newer, current));
        }
        return base == null ? null : between(base, current);
    }

    /** Returns the rates between two snapshots of a drive; zero if it was reopened between them. */
    static Rates between(DriveSnapshot from, long fromNanos, DriveSnapshot to, long toNanos) {
        return between(new Look(fromNanos, from.counters()), new Look(toNanos, to.counters()));
    }

    private static Rates between(Look from, Look to) {
        boolean wasReopened = to.counters.requests() < from.counters.requests();
        return to.nanos == from.nanos || wasReopened
                ? Rates.NONE
                : Rates.between(from.counters, to.counters, (to.nanos - from.nanos) / NANOS_PER_SECOND);
    }

    private static boolean isUsable(@Nullable Look base, Look current) {
        long age = base == null ? 0 : current.nanos - base.nanos;
        return age >= SHORTEST_NANOS && age <= LONGEST_NANOS;
    }

    /** Forgets all drives except the given ones. */
    public void retain(Collection<DriveControl> present) {
        if (drives.size() > present.size()) {
            drives.keySet().retainAll(present.stream().map(DriveControl::name).collect(Collectors.toSet()));
        }
    }
}
