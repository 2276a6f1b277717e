package dev.weir.bench.micro;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.bench.simulation.LocalEngine;
import dev.weir.drive.Drive;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * A tree of limits whose drives all wait for the limit of its root on the system's clock.
 *
 * <p>{@code TreeScale DRIVES LEVELS OWN SECONDS} prints two numbers: the processor time of a request (ns) and its rate
 * relative to the limit. Each level below the root has ten times as many groups as the one above, as far as there are
 * drives for them. With {@code OWN}, each fourth drive has an own limit of half of its share.
 */
public final class TreeScale {
    private static final long IOPS = 10_000;
    private static final Map<String, Object> OPTIONS = Map.of("size", 1L << 20);

    private TreeScale() {}

    /** Measures and prints. */
    public static void main(String[] args) throws InterruptedException {
        int drives = Integer.parseInt(args[0]);
        int levels = Integer.parseInt(args[1]);
        boolean own = Boolean.parseBoolean(args[2]);
        long seconds = Long.parseLong(args[3]);
        SystemClock clock = new SystemClock();
        clock.start();
        LocalEngine engine = new LocalEngine(clock, new MemoryBackendFactory(), OPTIONS);
        int groups = 1;
        engine.configureGroup("1.0", null, limits(IOPS));
        for (int level = 2; level <= levels; level++) {
            int above = groups;
            groups = Math.max(1, Math.min(above * 10, drives / 2));
            for (int i = 0; i < groups; i++) {
                engine.configureGroup(level + "." + i, level - 1 + "." + i % above, ThrottleLimits.NONE);
            }
        }
        LongAdder released = new LongAdder();
        for (int i = 0; i < drives; i++) {
            boolean limited = own && i % 4 == 0;
            ThrottleLimits limits = limited ? limits(Math.max(1, IOPS / drives / 2)) : ThrottleLimits.NONE;
            Drive drive = engine.configure("vm" + i, "bucket", levels + "." + i % groups, limits);
            // two, so that a drive waits at each moment
            new Reader(drive, released).start();
            new Reader(drive, released).start();
        }
        Thread.sleep(seconds * 1000);
        Window window = Window.over(seconds, clock, released);
        System.out.printf("%.0f %.4f%n", window.processorNanosPerRequest(), window.requestsPerSecond() / IOPS);
        System.exit(0);
    }

    private static ThrottleLimits limits(long iops) {
        return ThrottleLimits.of(Map.of("iops", iops));
    }
}
