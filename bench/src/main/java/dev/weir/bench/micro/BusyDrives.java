package dev.weir.bench.micro;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.bench.simulation.LocalEngine;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.engine.clock.SystemClock;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Memory drives of a real engine on the real clock, with limits that never hold a request. Threads on all processors
 * read 4 KiB from one drive after another.
 */
public final class BusyDrives {
    private static final long LIMIT = 1_000_000_000_000L;
    private static final int LENGTH = 4096;
    private static final long SIZE = 16 * LENGTH;

    private final SystemClock clock = new SystemClock();
    private final List<Drive> drives = new ArrayList<>();
    private final List<DriveControl> controls = new ArrayList<>();
    private final LocalEngine engine = new LocalEngine(clock, new MemoryBackendFactory(), Map.of("size", SIZE));
    private final LongAdder done = new LongAdder();
    private final List<Thread> threads = new ArrayList<>();

    /** Opens the drives and reads from them until {@link #stop}. */
    public BusyDrives(int number) {
        clock.start();
        ThrottleLimits limits = ThrottleLimits.of(Map.of(LimitKey.BPS.key(), LIMIT, LimitKey.IOPS.key(), LIMIT));
        for (int i = 0; i < number; i++) {
            drives.add(engine.configure("vm" + i, "bucket", limits));
            controls.add(engine.control());
        }
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < processors; i++) {
            List<Drive> share = drives.subList(i * number / processors, (i + 1) * number / processors);
            threads.add(new Thread(() -> load(share), "load-" + i));
        }
        threads.forEach(Thread::start);
    }

    /** Returns the clock of the drives. */
    public Clock clock() {
        return clock;
    }

    /** Returns the controls of the drives. */
    public List<DriveControl> controls() {
        return controls;
    }

    /** Returns the number of completed requests. */
    public long requests() {
        return done.sum();
    }

    private void load(List<Drive> share) {
        List<OneRequest> clients = share.stream().map(OneRequest::new).toList();
        while (!Thread.interrupted()) {
            clients.forEach(client -> client.submit(Operation.READ));
            done.add(clients.size());
        }
    }

    /** Stops all threads. */
    public void stop() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
        engine.close();
        clock.close();
    }

    /** A client with queue depth 1. */
    private static final class OneRequest extends BlockRequest {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
        private final Drive drive;
        private long offset;

        OneRequest(Drive drive) {
            super(drive.name());
            this.drive = drive;
            for (long at = 0; at < SIZE; at += LENGTH) {
                submit(Operation.WRITE);
            }
        }

        void submit(Operation operation) {
            buffer.clear();
            prepare(operation, offset, LENGTH);
            offset = (offset + LENGTH) % SIZE;
            drive.submit(this);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error != null) {
                throw new IllegalStateException(drive.name() + ": " + error);
            }
        }
    }
}
