package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Tests for the contract of {@link BlockDevice}: all tests of {@link BlockBackendContract} with requests that wait for
 * their completion, and tests of many requests in flight. To test a device, extend this class, implement {@link
 * #openDevice} and run it with JUnit 5.
 */
public abstract class BlockDeviceContract extends BlockBackendContract {
    private static final int THREADS = 4;
    private static final int REQUESTS = 500;

    /** Rounds of 10 ms after which a request counts as lost. */
    private static final int MOST_ROUNDS = 6_000;

    private static final int LENGTH = 512;

    /**
     * Opens a new device that reads as zeroes.
     *
     * @param size the size (bytes)
     * @return the open device
     * @throws IOException if the device cannot be opened
     */
    protected abstract BlockDevice openDevice(long size) throws IOException;

    /** Lets requests complete that wait for something else than the device, such as a test's clock. */
    protected void goOn() {}

    @Override
    protected final BlockBackend open(long size) throws IOException {
        return new DeviceBackend(openDevice(size), this::goOn);
    }

    private static class Counted extends BlockRequest {
        private final AtomicInteger completions = new AtomicInteger();
        private final CountDownLatch all;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
        private volatile @Nullable BlockError error;

        Counted(CountDownLatch all, Operation operation, int number) {
            super("a contract test");
            this.all = all;
            prepare(
                    operation,
                    operation == Operation.FLUSH ? 0 : (long) number * LENGTH,
                    operation == Operation.FLUSH ? 0 : LENGTH);
            fua(operation == Operation.WRITE && number % 7 == 0);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            error = newError;
            completions.incrementAndGet();
            all.countDown();
        }
    }

    @Test
    @DisplayName("requests that several threads have in flight complete exactly once each")
    void requestsInFlightCompleteOnce() throws Exception {
        BlockDevice device = openDevice((long) THREADS * REQUESTS * LENGTH);
        CountDownLatch all = new CountDownLatch(THREADS * REQUESTS);
        List<Counted> requests = new ArrayList<>();
        Operation[] operations = {
            Operation.WRITE,
            Operation.READ,
            Operation.FLUSH,
            Operation.WRITE_ZEROES,
            Operation.TRIM,
            Operation.CACHE,
            Operation.BLOCK_STATUS
        };
        for (int i = 0; i < THREADS * REQUESTS; i++) {
            requests.add(new Counted(all, operations[i % operations.length], i));
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            List<Counted> mine = requests.subList(i * REQUESTS, (i + 1) * REQUESTS);
            threads.add(new Thread(() -> mine.forEach(device::submit), "client " + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        await(all);
        device.close();
        for (Counted request : requests) {
            assertEquals(1, request.completions.get(), () -> request.operation() + " at " + request.offset());
            assertTrue(request.error == null, () -> request.operation() + " failed with " + request.error);
        }
    }

    @Test
    @DisplayName("a completion may submit the next request")
    void completionMaySubmit() throws Exception {
        BlockDevice device = openDevice(SIZE / LENGTH * LENGTH);
        CountDownLatch all = new CountDownLatch(REQUESTS);
        BlockRequest chain = new BlockRequest("a contract test") {
            private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);

            @Override
            public ByteBuffer buffer() {
                return buffer.clear();
            }

            @Override
            protected void completed(@Nullable BlockError error) {
                all.countDown();
                if (error == null && all.getCount() > 0) {
                    device.submit(this);
                }
            }
        };
        chain.prepare(Operation.READ, LENGTH, LENGTH);
        device.submit(chain);
        await(all);
        device.close();
    }

    @Test
    @DisplayName("a request without memory for its buffer ends once: with an error or with an exception of submit")
    void requestWithoutABufferEndsOnce() throws Exception {
        BlockDevice device = openDevice(SIZE / LENGTH * LENGTH);
        for (Operation operation : new Operation[] {Operation.READ, Operation.WRITE}) {
            CountDownLatch ended = new CountDownLatch(1);
            Counted poor = new Counted(ended, operation, 1) {
                @Override
                public ByteBuffer buffer() {
                    throw new OutOfMemoryError("a test without memory for a buffer");
                }
            };
            boolean isThrown = false;
            try {
                device.submit(poor);
                await(ended);
            } catch (OutOfMemoryError e) {
                isThrown = true;
            }
            CountDownLatch next = new CountDownLatch(1);
            device.submit(new Counted(next, Operation.READ, 1));
            await(next);
            assertEquals(isThrown ? 0 : 1, poor.completions.get(), operation + " without a buffer");
            assertTrue(isThrown || poor.error != null, operation + " without a buffer succeeds");
        }
        device.close();
    }

    private void await(CountDownLatch requests) throws InterruptedException {
        int rounds = 0;
        do {
            goOn();
        } while (!requests.await(10, TimeUnit.MILLISECONDS) && ++rounds < MOST_ROUNDS);
        assertEquals(0, requests.getCount(), "requests are lost");
    }
}
