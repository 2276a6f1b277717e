package dev.weir.bench.micro;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.bench.simulation.LocalEngine;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.drive.Drive;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Cost of a 4 KiB read through a memory drive, from submission to completion, on one thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DriveBenchmark {
    private static final long DRIVE_BYTES = 8L << 20;
    private static final int BYTES = 4096;
    private static final long CAPPED_IOPS = 1_000;
    private static final ThrottleLimits SIX = ThrottleLimits.of(
            LimitKey.ALL.stream().collect(Collectors.toMap(LimitKey::key, key -> ThrottleLimits.MAX_VALUE)));

    private final OneTimerClock clock = new OneTimerClock();
    private final Read read = new Read();
    private final Drive free = drive(new SystemClock(), ThrottleLimits.NONE);
    private final Drive unreached = drive(new SystemClock(), SIX);
    private final Drive capped = drive(clock, ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), CAPPED_IOPS)));
    private long offset;

    /** A virtual clock with one timer and without allocation. */
    private static final class OneTimerClock implements Clock, Timer {
        private Runnable task = () -> {};
        private long now;
        private long due = Long.MAX_VALUE;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Timer timer(Runnable newTask) {
            task = newTask;
            return this;
        }

        @Override
        public void arm(long newDue) {
            due = newDue;
        }

        @Override
        public void disarm() {
            due = Long.MAX_VALUE;
        }

        /** Advances to the due moment of the timer and fires it. */
        void fire() {
            now = due;
            disarm();
            task.run();
        }
    }

    /** A read that counts its completions. */
    private static final class Read extends BlockRequest {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        private long completed;

        Read() {
            super("bench");
        }

        @Override
        public ByteBuffer buffer() {
            return buffer.clear();
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error != null) {
                throw new IllegalStateException(error.toString());
            }
            completed++;
        }
    }

    /** Submits to the capped drive until a request is held. */
    @Setup
    public void fill() {
        while (read(capped) == read.completed - 1) {
            // it was completed at once
        }
    }

    private static Drive drive(Clock clock, ThrottleLimits limits) {
        LocalEngine engine = new LocalEngine(clock, new MemoryBackendFactory(), Map.of("size", DRIVE_BYTES));
        Drive drive = engine.configure("vm1", "bucket", ThrottleLimits.NONE);
        Read write = new Read();
        for (long at = 0; at < DRIVE_BYTES; at += BYTES) {
            write.prepare(Operation.WRITE, at, BYTES);
            drive.submit(write);
        }
        return engine.configure("vm1", "bucket", limits);
    }

    /** Submits a read and returns the number of completions before it. */
    private long read(Drive drive) {
        long before = read.completed;
        offset = (offset + 13 * BYTES) & (DRIVE_BYTES - 1);
        read.prepare(Operation.READ, offset, BYTES);
        drive.submit(read);
        return before;
    }

    /** No limit. */
    @Benchmark
    public long noLimit() {
        return read(free);
    }

    /** Six limits that never hold a request. */
    @Benchmark
    public long sixLimitsNeverReached() {
        return read(unreached);
    }

    /**
     * A saturated limit: the request enters the queue, the timer fires and releases it. The time between is virtual.
     */
    @Benchmark
    public long saturated() {
        clock.fire();
        return read(capped);
    }
}
