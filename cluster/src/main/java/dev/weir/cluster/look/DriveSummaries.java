package dev.weir.cluster.look;

import dev.weir.cluster.HostDrives;
import dev.weir.cluster.HostDrives.Summary;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.throttle.LimitKey;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Summaries of the drives of this host. Their rates come from two snapshots. Thread-safe. */
public final class DriveSummaries {
    /** The time between the two snapshots of a drive (ms). */
    private static final long LOOK_MILLIS = 200;

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    private record Look(DriveSnapshot drive, long nanos) {}

    private final String host;
    private final LongSupplier nanoTime;
    private final Set<DriveControl> drives = ConcurrentHashMap.newKeySet();

    /**
     * Creates an object without drives.
     *
     * @param nanoTime the clock for rates (ns)
     */
    public DriveSummaries(String host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /** Adds a drive. */
    public void add(DriveControl drive) {
        drives.add(drive);
    }

    /** Removes a drive. */
    public void remove(DriveControl drive) {
        drives.remove(drive);
    }

    /** Returns the drives. Blocks for 200 ms between two snapshots unless no drive has been used. */
    public HostDrives now() {
        Map<DriveControl, Look> first = new LinkedHashMap<>();
        drives.forEach(drive -> first.put(drive, new Look(drive.snapshot(), nanoTime.getAsLong())));
        boolean isUsed =
                first.values().stream().anyMatch(look -> look.drive.counters().requests() > 0);
        if (isUsed) {
            pause();
        }
        List<Summary> summaries = first.entrySet().stream()
                .map(entry -> summary(
                        entry.getValue(),
                        isUsed ? new Look(entry.getKey().snapshot(), nanoTime.getAsLong()) : entry.getValue()))
                .sorted(Comparator.comparingInt(Summary::queued)
                        .thenComparingLong(Summary::requestsPerSecond)
                        .reversed()
                        .thenComparing(Summary::name))
                .limit(HostDrives.MAX_DRIVES)
                .toList();
        return new HostDrives(host, true, first.size(), summaries);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Summary summary(Look before, Look now) {
        DriveSnapshot drive = now.drive;
        Map<LimitKey, Long> limits = new EnumMap<>(LimitKey.class);
        for (LimitKey key : LimitKey.ALL) {
            if (drive.limits().rate(key) > 0) {
                limits.put(key, drive.limits().rate(key));
            }
        }
        Counters from = before.drive.counters();
        Counters to = drive.counters();
        double seconds = (now.nanos - before.nanos) / SECOND;
        return new Summary(
                drive.name(),
                Objects.requireNonNullElse(drive.group(), ""),
                drive.state().name().toLowerCase(Locale.ROOT),
                rate(to.requests() - from.requests(), seconds),
                rate(to.bytes() - from.bytes(), seconds),
                limits,
                drive.queuedReads() + drive.queuedWrites(),
                drive.heldBy());
    }

    /** Returns a rate; 0 if the drive was opened again between the snapshots. */
    private static long rate(long count, double seconds) {
        return seconds > 0 && count > 0 ? Math.round(count / seconds) : 0;
    }
}
