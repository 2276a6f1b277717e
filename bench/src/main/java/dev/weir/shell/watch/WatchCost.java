package dev.weir.shell.watch;

import dev.weir.drive.DriveControl;
import dev.weir.drive.GroupControl;
import dev.weir.engine.BusyDrives;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what it costs to watch busy drives ten times a second: rounds with and without somebody who watches, in
 * turn, and how much of a processor the watching itself takes.
 *
 * <p>{@code WatchCost [DRIVES [ROUNDS [SECONDS]]]}
 */
public final class WatchCost {
    private static final long INTERVAL_MILLIS = 100;

    private WatchCost() {}

    /** What is watched, and nothing to be changed. */
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
        public void limits(String drive, String settings) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Watcher implements Runnable {
        private final WatchView view;
        private final BusyDrives drives;
        private volatile boolean stopped;
        private long cpuNanos;

        Watcher(BusyDrives drives) {
            this.drives = drives;
            view = new WatchView(new Source(drives.controls()));
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    view.look(drives.clock().nanoTime());
                    view.screen(79, 24);
                    Thread.sleep(INTERVAL_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }
    }

    /** Runs the rounds and prints what came out. */
    public static void main(String[] args) throws InterruptedException {
        int number = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 9;
        long seconds = args.length > 2 ? Long.parseLong(args[2]) : 2;
        List<Double> ratios = new ArrayList<>();
        long cpuNanos = 0;
        try (BusyDrives drives = new BusyDrives(number)) {
            drives.requestsPerSecond(seconds);
            for (int round = 0; round < rounds; round++) {
                double alone = drives.requestsPerSecond(seconds);
                Watcher watcher = new Watcher(drives);
                Thread thread = new Thread(watcher, "watcher");
                thread.start();
                double watched = drives.requestsPerSecond(seconds);
                watcher.stopped = true;
                thread.join();
                cpuNanos += watcher.cpuNanos;
                ratios.add(watched / alone);
                System.out.printf("round %d: alone %,.0f/s, watched %,.0f/s%n", round, alone, watched);
            }
        }
        ratios.sort(null);
        System.out.printf(
                "%,d drives watched at %d Hz: %.2f %% of the throughput is left (median; %.2f to %.2f), watching takes %.2f %% of a core%n",
                number,
                1000 / INTERVAL_MILLIS,
                100 * ratios.get(rounds / 2),
                100 * ratios.get(0),
                100 * ratios.get(rounds - 1),
                100 * cpuNanos / (rounds * seconds * 1e9));
    }
}
