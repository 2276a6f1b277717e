package dev.weir.bench.micro;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.shell.watch.Key;
import dev.weir.shell.watch.WatchSource;
import dev.weir.shell.watch.WatchView;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;

/**
 * Cost of {@code watch} at ten frames a second while drives keep all processors busy. Compares pairs of 400 ms
 * windows with and without a viewer, and measures the processor time of the viewer.
 *
 * <p>Usage: {@code WatchCost [DRIVES [PAIRS]]}.
 */
public final class WatchCost {
    private static final long INTERVAL_MILLIS = 100;
    private static final long LOOKS = 4;
    private static final int WARM_UP = 20;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final BusyDrives drives;
    private final WatchView view;
    private long cpuNanos;

    private WatchCost(BusyDrives drives) {
        this.drives = drives;
        view = new WatchView(new Source(drives.controls()));
        while (view.intervalNanos() > INTERVAL_MILLIS * 1_000_000) {
            view.press(new Key(Key.Kind.CHARACTER, '+'));
        }
    }

    /** The watched drives; refuses changes. */
    private record Source(List<DriveControl> drives) implements WatchSource {
        @Override
        public List<GroupControl> groups() {
            return List.of();
        }

        @Override
        public List<String> queue(String drive, int columns) {
            return List.of();
        }

        @Override
        public List<String> latencies(String drive) {
            return List.of();
        }

        @Override
        public void groupLimits(String group, String settings) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void limits(String drive, String settings) {
            throw new UnsupportedOperationException();
        }
    }

    /** Runs the windows and prints the result. */
    public static void main(String[] args) throws InterruptedException {
        int number = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        int pairs = args.length > 1 ? Integer.parseInt(args[1]) : 150;
        BusyDrives drives = new BusyDrives(number);
        try {
            new WatchCost(drives).measure(pairs);
        } finally {
            drives.stop();
        }
    }

    private void measure(int pairs) throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            watched();
        }
        cpuNanos = 0;
        double[] ratios = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            // the order alternates, so that a trend favours neither
            boolean watchedFirst = i % 2 == 1;
            double first = watchedFirst ? watched() : alone();
            double second = watchedFirst ? alone() : watched();
            ratios[i] = watchedFirst ? first / second : second / first;
        }
        Arrays.sort(ratios);
        System.out.printf(
                "%,d drives watched at %d Hz: %.2f %% of the throughput is left"
                        + " (median of %d pairs; the middle half %.2f to %.2f), watching takes %.2f %% of a core%n",
                drives.controls().size(),
                1000 / INTERVAL_MILLIS,
                100 * ratios[pairs / 2],
                pairs,
                100 * ratios[pairs / 4],
                100 * ratios[pairs * 3 / 4],
                100.0 * cpuNanos / (pairs * LOOKS * INTERVAL_MILLIS * 1e6));
    }

    /** Returns the requests per second in a window without a viewer. */
    private double alone() throws InterruptedException {
        long begin = drives.clock().nanoTime();
        long before = drives.requests();
        Thread.sleep(LOOKS * INTERVAL_MILLIS);
        return (drives.requests() - before) * 1e9 / (drives.clock().nanoTime() - begin);
    }

    /** Returns the requests per second in a window in which this thread watches. */
    private double watched() throws InterruptedException {
        long begin = drives.clock().nanoTime();
        long before = drives.requests();
        long cpuBefore = THREADS.getCurrentThreadCpuTime();
        for (int look = 1; look <= LOOKS; look++) {
            view.look(drives.clock().nanoTime());
            view.screen(79, 24);
            long next = begin + look * INTERVAL_MILLIS * 1_000_000;
            Thread.sleep(Math.max(0, next - drives.clock().nanoTime()) / 1_000_000);
        }
        cpuNanos += THREADS.getCurrentThreadCpuTime() - cpuBefore;
        return (drives.requests() - before) * 1e9 / (drives.clock().nanoTime() - begin);
    }
}
