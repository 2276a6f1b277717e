package dev.weir.bench.micro;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.bench.simulation.LocalEngine;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.Drive;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.HdrHistogram.ValueRecorder;

/**
 * An engine with many drives. Each has limits and a memory backend. Some are busy. Measures the memory of an idle
 * drive, the cost of a request and the lateness of releases.
 *
 * <p>{@code Scale DRIVES BUSY SECONDS} prints six numbers:
 *
 * <ol>
 *   <li>heap per drive (bytes)
 *   <li>idle processor use (percent of a core)
 *   <li>time of an admitted request (ns)
 *   <li>processor time of a held request (ns)
 *   <li>p50 of the lateness (ns)
 *   <li>p99 of the lateness (ns)
 * </ol>
 */
public final class Scale {
    private static final ThrottleLimits UNREACHED = limits(1_000_000_000L);

    /** Time for the compilers to finish after the drives were created. */
    private static final long COMPILERS_MILLIS = 5000;

    /** Total rate of all busy drives. So few and many drives load the machine equally. */
    private static final long RELEASES_PER_SECOND = 10_000;

    private static final Map<String, Object> OPTIONS = Map.of("size", 1L << 20);

    private final SystemClock clock = new SystemClock();
    private final Recorder lateness = new Recorder(3);
    private final List<Drive> drives = new ArrayList<>();
    private final int count;
    private final int busyCount;
    private final long seconds;

    private Scale(int count, int busyCount, long seconds) {
        this.count = count;
        this.busyCount = busyCount;
        this.seconds = seconds;
    }

    private static ThrottleLimits limits(long iops) {
        return ThrottleLimits.of(Map.of("iops", iops, "bps", iops * Reader.BYTES));
    }

    /** Measures and prints. */
    public static void main(String[] args) throws InterruptedException {
        new Scale(Integer.parseInt(args[0]), Integer.parseInt(args[1]), Long.parseLong(args[2])).measure();
    }

    private void measure() throws InterruptedException {
        clock.start();
        long heapBytes = heapBytesPerDrive();
        LocalEngine engine = new LocalEngine(new MeasuringClock(clock, lateness), new MemoryBackendFactory(), OPTIONS);
        configureAll(engine);
        heapBytes(); // collects what making them has left
        Thread.sleep(COMPILERS_MILLIS);
        LongAdder released = new LongAdder();
        double idlePercent = 100e-9 * Window.over(seconds, clock, released).processorNanos() / seconds;
        List<Drive> busy = drives.subList(0, busyCount);
        double requestNanos = requestNanos(busy);
        long iops = RELEASES_PER_SECOND / busy.size();
        busy.forEach(drive -> engine.configure(drive.name(), "bucket", limits(iops)));
        busy.forEach(drive -> new Reader(drive, released).start());
        Thread.sleep(1000); // for the bursts
        lateness.reset();
        Window window = Window.over(seconds, clock, released);
        var latenesses = lateness.getIntervalHistogram();
        System.out.printf(
                "%d %.3f %.0f %.0f %d %d%n",
                heapBytes,
                idlePercent,
                requestNanos,
                window.processorNanosPerRequest(),
                latenesses.getValueAtPercentile(50),
                latenesses.getValueAtPercentile(99));
        System.exit(0);
    }

    private long heapBytesPerDrive() throws InterruptedException {
        long before = heapBytes();
        try (LocalEngine engine = new LocalEngine(clock, new MemoryBackendFactory(), OPTIONS)) {
            configureAll(engine);
            return (heapBytes() - before) / count;
        }
    }

    private void configureAll(LocalEngine engine) {
        drives.clear();
        for (int i = 0; i < count; i++) {
            drives.add(engine.configure("vm" + i, "bucket", UNREACHED));
        }
        Collections.shuffle(drives, new Random(1)); // those that are busy are not neighbours in memory
    }

    private static long heapBytes() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Reads from the drives in turn at full speed; the first half is not counted. */
    private double requestNanos(List<Drive> busy) {
        List<Reader> readers =
                busy.stream().map(drive -> new Reader(drive, new LongAdder())).toList();
        readOver(readers);
        return readOver(readers);
    }

    private double readOver(List<Reader> readers) {
        long begin = clock.nanoTime();
        long elapsed = 0;
        long requests = 0;
        while (elapsed < seconds * 500_000_000) {
            for (int i = 0; i < 10_000; i++) {
                readers.get((int) (requests++ % readers.size())).read();
            }
            elapsed = clock.nanoTime() - begin;
        }
        return (double) elapsed / requests;
    }

    /** A clock that records the lateness of its timers. */
    private record MeasuringClock(Clock clock, ValueRecorder lateness) implements Clock {

        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public Timer timer(Runnable task) {
            return new MeasuredTimer(clock, lateness, task);
        }
    }

    private static final class MeasuredTimer implements Timer {
        private final Timer timer;
        private volatile long due;

        MeasuredTimer(Clock clock, ValueRecorder lateness, Runnable task) {
            timer = clock.timer(() -> {
                lateness.recordValue(Math.max(0, clock.nanoTime() - due));
                task.run();
            });
        }

        @Override
        public void arm(long newDue) {
            due = newDue;
            timer.arm(newDue);
        }

        @Override
        public void disarm() {
            timer.disarm();
        }
    }
}
