package dev.weir.shell.load;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot.Counters;
import dev.weir.supervision.DaemonThreads;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.AtomicHistogram;
import org.jspecify.annotations.Nullable;

/**
 * A client that keeps a fixed number of requests in flight at a drive. Counts and times the requests that complete
 * after the warm-up.
 *
 * <p>Thread-safe.
 */
public final class Load implements AutoCloseable {
    private static final int DIGITS = 2;

    private final Drive drive;
    private final Plan plan;
    private final Clock clock;
    private final long begin;
    private final AtomicLong sequence = new AtomicLong();
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final AtomicHistogram nanos = new AtomicHistogram(TimeUnit.HOURS.toNanos(1), DIGITS);
    private final CountDownLatch ended;
    private volatile boolean stopped;
    private volatile @Nullable String failure;

    private Load(Drive drive, Plan plan, Clock clock) {
        this.drive = drive;
        this.plan = plan;
        this.clock = clock;
        begin = clock.nanoTime();
        ended = new CountDownLatch(plan.depth());
    }

    /** Starts a load on a thread named {@code weir-bench-NAME}. */
    public static Load start(Drive drive, Plan plan, Clock clock) {
        Load load = new Load(drive, plan, clock);
        // on a drive that completes requests at once, submitting keeps this thread busy until the end
        DaemonThreads.start("weir-bench-" + drive.name(), load::submitAll);
        return load;
    }

    private void submitAll() {
        ByteBuffer data = ByteBuffer.allocateDirect(plan.blockBytes());
        byte[] random = new byte[plan.blockBytes()];
        ThreadLocalRandom.current().nextBytes(random);
        data.put(random).flip();
        for (int i = 0; i < plan.depth(); i++) {
            new Request(data).next();
        }
    }

    /** Waits up to {@code millis} ms for the end of all requests. Returns whether they have ended. */
    public boolean await(long millis) throws InterruptedException {
        return ended.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Returns the elapsed share of the planned time (0 to 1). */
    public double progress() {
        return Math.min(1, (double) elapsed() / plan.nanos());
    }

    private long elapsed() {
        return clock.nanoTime() - begin;
    }

    /** Returns the counters of the measured requests so far. */
    public Counters counters() {
        long read = reads.sum();
        long written = writes.sum();
        long block = plan.blockBytes();
        return new Counters(read, read * block, written, written * block, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Returns the latencies of the measured requests (nanoseconds). */
    public AtomicHistogram nanos() {
        return nanos;
    }

    /** Returns the error that ended the load early; null without an error. */
    public @Nullable String failure() {
        return failure;
    }

    /** Stops the load. Cancels its waiting requests and leaves requests in flight at the backend. */
    @Override
    public void close() {
        stopped = true;
        drive.cancel(this);
    }

    @Override
    public String toString() {
        return "bench";
    }

    private final class Request extends BlockRequest {
        private final ByteBuffer data;

        /** The number of pending submissions. The thread that raises it from 0 to 1 also submits for the others. */
        private final AtomicInteger turns = new AtomicInteger();

        private long submitted;

        Request(ByteBuffer shared) {
            super(Load.this);
            data = shared;
        }

        /**
         * Submits the request again. Uses a loop because a recursive call after each immediate completion would
         * overflow the stack.
         */
        void next() {
            if (turns.getAndIncrement() > 0) {
                return;
            }
            do {
                if (stopped || elapsed() >= plan.nanos()) {
                    ended.countDown();
                } else {
                    prepare();
                    drive.submit(this);
                }
            } while (turns.decrementAndGet() > 0);
        }

        private void prepare() {
            long blocks = drive.size() / plan.blockBytes();
            ThreadLocalRandom random = ThreadLocalRandom.current();
            long block = plan.pattern().isRandom() ? random.nextLong(blocks) : sequence.getAndIncrement() % blocks;
            boolean reads = random.nextDouble() < plan.pattern().readShare();
            long length = plan.blockBytes();
            prepare(reads ? Operation.READ : Operation.WRITE, block * length, length);
            submitted = clock.nanoTime();
        }

        @Override
        public ByteBuffer buffer() {
            return data.duplicate();
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            long now = clock.nanoTime();
            if (error != null) {
                fail(error);
            } else if (now - begin >= Plan.WARM_UP_NANOS && now - begin <= plan.nanos()) {
                (operation() == Operation.READ ? reads : writes).increment();
                nanos.recordValue(Math.max(0, Math.min(now - submitted, nanos.getHighestTrackableValue())));
            }
            next();
        }

        private void fail(BlockError error) {
            if (!stopped) {
                failure = "a %s of %d bytes at %d failed: %s"
                        .formatted(operation() == Operation.READ ? "read" : "write", length(), offset(), error);
                stopped = true;
            }
        }
    }
}
