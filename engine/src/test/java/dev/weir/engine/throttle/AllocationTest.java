package dev.weir.engine.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holding, releasing and charging a request in a tree of limits allocates nothing. */
class AllocationTest {
    private static final int RELEASES = 200_000;
    private static final int DRIVES = 50;
    private static final int DEPTH = 4;

    /** So high that the test takes little virtual time. A policy is asked for its debt ten times a second. */
    private static final long RATE = 100_000_000;

    private static final int LENGTH = 4096;

    /** Far less than an object for each release. The compiler may still replace a method. */
    private static final long MOST_BYTES = 100_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final HandClock clock = new HandClock();
    private final List<Throttle> drives = new ArrayList<>();

    /** Released requests that are submitted again, and those that are released meanwhile. */
    private Read[] released = new Read[DRIVES * DEPTH];

    private Read[] others = new Read[DRIVES * DEPTH];

    private int count;
    private long total;

    private static final class HandClock implements Clock {
        private long now;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public Timer timer(Runnable task) {
            return new Timer() {
                @Override
                public void arm(long due) {
                    // the test releases by hand
                }

                @Override
                public void disarm() {
                    // the test releases by hand
                }
            };
        }
    }

    private static final class Read extends BlockRequest {
        private final Throttle drive;

        Read(Throttle drive) {
            super("test");
            this.drive = drive;
            prepare(Operation.READ, 0, LENGTH);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(LENGTH);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            // the sink does not complete it
        }
    }

    private final RequestSink sink = request -> {
        released[count++] = (Read) request;
        total++;
    };

    private PolicySlot slot(String owner, ThrottlePolicyFactory policy, Map<String, Long> limits) {
        return new PolicySlot(owner, policy.type(), ThrottleLimits.of(limits), policy, clock.now);
    }

    @ParameterizedTest
    @CsvSource({"false,1", "false,3", "true,1", "true,3"})
    void releaseAllocatesNothing(boolean bySlices, int levels) {
        ThrottlePolicyFactory policy = bySlices ? new SlicePolicyFactory() : new BucketPolicyFactory();
        GroupNode group = null;
        for (int level = 0; level < levels; level++) {
            GroupNode below = new GroupNode("g" + level, slot("group", policy, Map.of("bps", RATE * LENGTH)), clock);
            below.moveTo(group, () -> {});
            group = below;
        }
        for (int i = 0; i < DRIVES; i++) {
            Map<String, Long> own = i % 2 == 0 ? Map.of() : Map.of("bps", 10_000_000_000L);
            Throttle drive = new Throttle(slot("drive", policy, own), clock);
            int weight = 1 + i % 7;
            drive.moveTo(group, () -> drive.queue().share(new Share(weight, weight % 2 * 100_000L, 0)));
            drive.open(sink);
            drives.add(drive);
        }
        // the allowance of a tenth of a second
        drives.get(0).admit(Direction.READ, new Read(drives.get(0)), RATE * LENGTH / 10, sink);
        for (Throttle drive : drives) {
            for (int depth = 0; depth < DEPTH; depth++) {
                submit(new Read(drive));
            }
        }
        turn(2 * RELEASES); // until the compiled code needs no objects
        long begin = clock.now;
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        turn(RELEASES);
        long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        // the limit held the requests
        assertEquals(RELEASES * 1e9 / RATE, clock.now - begin, RELEASES * 0.2);
        assertTrue(bytes <= MOST_BYTES, () -> bytes + " bytes for " + RELEASES + " releases");
    }

    private void turn(int releases) {
        long end = total + releases;
        while (total < end) {
            clock.now += 100;
            drives.get(0).release();
            Read[] again = released;
            int most = count;
            released = others;
            others = again;
            count = 0;
            for (int i = 0; i < most; i++) {
                submit(again[i]);
            }
        }
    }

    private void submit(Read read) {
        if (read.drive.admit(Direction.READ, read, read.length(), sink) == Throttle.Admission.GO) {
            released[count++] = read;
            total++;
        }
    }
}
