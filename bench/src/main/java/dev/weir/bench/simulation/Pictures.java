package dev.weir.bench.simulation;

import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws released and held requests over time from runs of the engine on a virtual clock: the pictures of {@code
 * docs/design/how-throttling-works.md}. Deterministic.
 *
 * <p>{@code Pictures FOLDER} writes the pictures into a folder.
 */
public final class Pictures {
    /** Length of a run, in seconds. */
    static final int SECONDS = 8;

    static final int POINTS_PER_SECOND = 20;

    private static final long POINT_NANOS = 1_000_000_000L / POINTS_PER_SECOND;
    private static final int DEPTH = 16;
    private static final int REQUEST_BYTES = 64 << 10;
    private static final long MIB = 1 << 20;

    private final ManualClock clock = ManualClock.seeded(1);
    private final LocalEngine engine = new LocalEngine(clock, new NoStorage(), Map.of());

    private Pictures() {}

    /** Returns whether the client is busy: from 1 s to 4 s and from 5 s to 7 s. */
    private static boolean busy(int point) {
        int seconds = point / POINTS_PER_SECOND;
        return (seconds >= 1 && seconds < 4) || (seconds >= 5 && seconds < 7);
    }

    private Timeline run(String policy, Map<String, Long> limits) {
        Drive drive = engine.configure("vm1", policy, ThrottleLimits.of(limits));
        DriveControl control = engine.control();
        PacedClient client = new PacedClient(drive, DEPTH, REQUEST_BYTES);
        Timeline timeline = new Timeline(SECONDS * POINTS_PER_SECOND);
        long before = 0;
        for (int point = 0; point < timeline.points(); point++) {
            client.busy(busy(point));
            clock.advance(POINT_NANOS);
            double mebibytes = (double) (client.completedBytes() - before) / MIB;
            timeline.put(
                    point, mebibytes * POINTS_PER_SECOND, control.snapshot().queuedReads());
            before = client.completedBytes();
        }
        return timeline;
    }

    /** Returns every picture by file name. */
    static Map<String, String> all() {
        Map<String, Long> limit = Map.of("bps", 10 * MIB);
        Map<String, Long> burst = Map.of("bps", 10 * MIB, "bps_max", 30 * MIB, "bps_max_length", 1L);
        Map<String, String> pictures = new LinkedHashMap<>();
        pictures.put("bucket.svg", new Chart("bucket, bps = 10MiB", 10, new Pictures().run("bucket", limit)).svg());
        pictures.put(
                "burst.svg",
                new Chart(
                                "bucket, bps = 10MiB, bps_max = 30MiB, bps_max_length = 1s",
                                10,
                                new Pictures().run("bucket", burst))
                        .svg());
        pictures.put("slice.svg", new Chart("slice, bps = 10MiB", 10, new Pictures().run("slice", limit)).svg());
        return pictures;
    }

    /** Writes the pictures. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createDirectories(Path.of(List.of(args).get(0)));
        for (Map.Entry<String, String> picture : all().entrySet()) {
            Files.writeString(folder.resolve(picture.getKey()), picture.getValue());
        }
    }
}
