package dev.weir.bench.micro;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.bench.simulation.LocalEngine;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Threads that submit to the drives of one tree, or to drives without a tree, whose limits hold no request. The drives
 * of a tree share a lock.
 *
 * <p>{@code TreeThreads THREADS LEVELS SECONDS} prints two numbers: the processor time of a request (ns) and the
 * requests per second of all threads. Each thread reads 4 KiB from its own {@value #DRIVES} drives in turn. Each drive
 * and group has a limit. Without levels the drives have no group.
 */
public final class TreeThreads {
    private static final int DRIVES = 8;
    private static final ThrottleLimits UNREACHED = ThrottleLimits.of(Map.of("iops", 1_000_000_000_000L));

    /** Requests between two looks at the interrupt. */
    private static final int BATCH = 1000;

    private TreeThreads() {}

    /** Measures and prints. */
    public static void main(String[] args) throws InterruptedException {
        int threads = Integer.parseInt(args[0]);
        int levels = Integer.parseInt(args[1]);
        long seconds = Long.parseLong(args[2]);
        SystemClock clock = new SystemClock();
        LocalEngine engine = new LocalEngine(clock, new MemoryBackendFactory(), Map.of("size", 1L << 20));
        String group = null;
        for (int level = 1; level <= levels; level++) {
            engine.configureGroup("level-" + level, group, UNREACHED);
            group = "level-" + level;
        }
        // a new drive may hold a request of another one for a moment, and a reader does not wait for its completion
        List<List<Reader>> ofThreads = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            ofThreads.add(readers(engine, i * DRIVES, group));
        }
        LongAdder done = new LongAdder();
        for (List<Reader> readers : ofThreads) {
            Thread thread = new Thread(() -> read(readers, done), "load");
            thread.setDaemon(true);
            thread.start();
        }
        Thread.sleep(seconds * 1000);
        Window window = Window.over(seconds, clock, done);
        System.out.printf("%.0f %.0f%n", window.processorNanosPerRequest(), window.requestsPerSecond());
        System.exit(0);
    }

    private static List<Reader> readers(LocalEngine engine, int first, @Nullable String group) {
        List<Reader> readers = new ArrayList<>();
        for (int i = first; i < first + DRIVES; i++) {
            readers.add(new Reader(engine.configure("vm" + i, "bucket", group, UNREACHED), new LongAdder()));
        }
        return readers;
    }

    private static void read(List<Reader> readers, LongAdder done) {
        while (!Thread.interrupted()) {
            for (int i = 0; i < BATCH; i++) {
                readers.get(i % DRIVES).read();
            }
            done.add(BATCH);
        }
    }
}
