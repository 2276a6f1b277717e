package dev.weir.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.engine.TestRequest;
import dev.weir.engine.statistics.Statistics;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StorageTest {
    private final ManualClock clock = ManualClock.seeded(1);
    private final Statistics statistics = new Statistics();

    /** The offsets that have reached the device. */
    private final List<Long> reached = new ArrayList<>();

    private final List<BlockRequest> inFlight = new ArrayList<>();
    private boolean isAsynchronous;
    private int closed;
    private long size = 1 << 20;

    private final Storage storage = storage();

    private Storage storage() {
        try {
            Storage created = new Storage("vm1", new Device(), statistics, clock);
            created.serve(this);
            return created;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private final class Device implements BlockDevice {
        @Override
        public long size() {
            return size;
        }

        @Override
        public void submit(BlockRequest request) {
            reached.add(request.offset());
            if (isAsynchronous && request.operation() != Operation.FLUSH) {
                inFlight.add(request);
            } else {
                request.complete(null);
            }
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private void execute(long offset) {
        execute(offset, () -> {});
    }

    private void execute(long offset, Runnable then) {
        storage.execute(new TestRequest("guest", Operation.WRITE, offset, 512, done -> then.run()), this);
    }

    @Test
    void requestBeyondASmallerEndNeverReachesTheDevice() throws IOException {
        storage.resume();
        storage.stop(late -> {});
        execute(4096);
        execute(512);
        size = 4096;
        storage.filters().change(List.of());
        storage.resume();
        execute(4096);
        assertEquals(List.of(512L), reached);
        assertEquals(2, statistics.counters(0, 0).failed());
    }

    @Test
    void waitingRequestsGoBeforeNewOnes() {
        execute(1, () -> execute(4));
        execute(2);
        execute(3);
        assertEquals(List.of(), reached);
        storage.resume();
        assertEquals(List.of(1L, 2L, 3L, 4L), reached);
        execute(5);
        assertEquals(5, reached.size());
    }

    @Test
    void stopWaitsForRequestsInFlight() throws Exception {
        storage.resume();
        isAsynchronous = true;
        execute(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread lifecycle = new Thread(() -> {
            storage.stop(late -> {});
            stopped.countDown();
        });
        lifecycle.start();
        assertFalse(stopped.await(50, TimeUnit.MILLISECONDS));
        inFlight.remove(0).complete(null);
        assertTrue(stopped.await(20, TimeUnit.SECONDS));
        assertEquals(0, storage.inFlight());
    }

    @Test
    void measuresTheTimeUntilTheCompletion() {
        storage.resume();
        isAsynchronous = true;
        execute(1);
        clock.advance(1_000_000);
        inFlight.remove(0).complete(BlockError.EIO);
        assertEquals(1, statistics.inBackend().measured());
        assertEquals(1e6, statistics.inBackend().maxNanos(), 1e5);
        assertEquals(1, statistics.counters(0, 0).failed());
    }

    @Test
    void memoryHasOneSampleInSixtyOneRequests() throws IOException {
        BlockBackend memory = new MemoryBackendFactory().open("vm1", Map.of("size", 4096L), false);
        Storage ofMemory = new Storage("vm1", new BackendDevice("vm1", memory, clock), statistics, clock);
        ofMemory.serve(this);
        ofMemory.resume();
        for (int i = 0; i < 2 * 61; i++) {
            ofMemory.execute(new TestRequest("guest", Operation.READ, 0, 512, done -> {}), this);
        }
        assertEquals(2, statistics.inBackend().measured());
        assertEquals(122, statistics.counters(0, 0).reads());
        ofMemory.close(late -> {});
    }

    @Test
    void closeRejectsWaitingRequestsAndFlushes() {
        List<String> completed = new ArrayList<>();
        execute(7, () -> completed.add("rejected"));
        storage.close(late -> {});
        assertEquals(List.of("rejected"), completed);
        assertEquals(List.of(0L), reached, "the flush");
        assertEquals(1, closed);
    }
}
