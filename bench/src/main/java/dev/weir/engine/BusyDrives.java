package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.DriveControl;
import dev.weir.drive.DriveRequest;
import dev.weir.drive.Operation;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Drives of a real engine on the real clock, with limits that are never reached, that one thread keeps busy. */
public final class BusyDrives implements AutoCloseable {
    private static final long LIMIT = 1_000_000_000_000L;
    private static final long LENGTH = 4096;

    private final SystemClock clock = new SystemClock();
    private final List<Drive> drives = new ArrayList<>();
    private final List<DriveControl> controls = new ArrayList<>();
    private final LocalEngine engine = new LocalEngine(clock, new NoStorage(), Map.of());

    /** Opens so many. */
    public BusyDrives(int number) {
        clock.start();
        ThrottleLimits limits = ThrottleLimits.of(Map.of(LimitKey.BPS.key(), LIMIT, LimitKey.IOPS.key(), LIMIT));
        for (int i = 0; i < number; i++) {
            drives.add(engine.configure("vm" + i, "bucket", limits));
            controls.add(engine.control());
        }
    }

    /** Returns their clock. */
    public Clock clock() {
        return clock;
    }

    /** Returns what an operator sees of them. */
    public List<DriveControl> controls() {
        return controls;
    }

    /** Returns how many requests they do in a second, one after the other, over some time. */
    public double requestsPerSecond(long seconds) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        double[] rate = new double[1];
        new Thread(() -> {
                    rate[0] = load(seconds);
                    done.countDown();
                })
                .start();
        done.await();
        return rate[0];
    }

    private double load(long seconds) {
        List<OneRequest> clients = drives.stream().map(OneRequest::new).toList();
        long begin = clock.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        long requests = 0;
        while (clock.nanoTime() - end < 0) {
            clients.forEach(OneRequest::submit);
            requests += clients.size();
        }
        return requests * 1e9 / (clock.nanoTime() - begin);
    }

    @Override
    public void close() {
        engine.close();
        clock.close();
    }

    /** A client that asks for one thing at a time. */
    private static final class OneRequest extends DriveRequest {
        private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
        private final Drive drive;

        OneRequest(Drive drive) {
            super(drive.name());
            this.drive = drive;
        }

        void submit() {
            prepare(Operation.READ, 0, LENGTH, false, false);
            drive.submit(this);
        }

        @Override
        public ByteBuffer buffer() {
            return NOTHING;
        }

        @Override
        public void completed(@Nullable BlockError error) {
            if (error != null) {
                throw new IllegalStateException(drive.name() + ": " + error);
            }
        }
    }
}
