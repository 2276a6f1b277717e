package dev.weir.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.block.filter.ForwardedRequest;
import dev.weir.clock.Clock;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices and filters of other bundles that block. They stop no thread that serves another drive. */
@Timeout(30)
class BlockingPartsTest {
    private static final int LENGTH = 512;

    private final ManualClock clock = ManualClock.seeded(1);
    private final Statistics statistics = new Statistics();
    private final CountDownLatch unblocked = new CountDownLatch(1);

    /** Whether the next call blocks. */
    private final AtomicBoolean blocks = new AtomicBoolean();

    /** The thread of each call of the device or filter. */
    private final BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();

    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

    @AfterEach
    void unblock() {
        unblocked.countDown();
    }

    private static void nothing() {}

    private void call() {
        threads.add(Thread.currentThread());
        if (blocks.get()) {
            try {
                unblocked.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private final class Request extends BlockRequest {
        Request(long offset) {
            super("guest");
            prepare(Operation.WRITE, offset, LENGTH);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(LENGTH);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            results.add(offset() + (error == null ? " success" : " " + error.name()));
        }
    }

    /** A device that completes each request on the thread that submits it, if it promises to return at once. */
    private final class Devices implements BlockDeviceFactory {
        private final boolean returnsAtOnce;

        Devices(boolean returnsAtOnce) {
            this.returnsAtOnce = returnsAtOnce;
        }

        @Override
        public String type() {
            return "test";
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        public boolean returnsAtOnce() {
            return returnsAtOnce;
        }

        @Override
        public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock time) {
            return new BlockDevice() {
                @Override
                public long size() {
                    return 1 << 20;
                }

                @Override
                public boolean zeroesFast(boolean mayUnmap) {
                    call();
                    return true;
                }

                @Override
                public void submit(BlockRequest request) {
                    call();
                    if (request.operation() == Operation.WRITE) {
                        request.buffer().position(LENGTH);
                    }
                    request.complete(null);
                }

                @Override
                public void close() {}
            };
        }
    }

    /** A filter that may block at a request, at a completion and in a timer. */
    private final class Filters implements BlockFilterFactory {
        private Runnable atRequest = BlockingPartsTest::nothing;
        private Runnable atCompletion = BlockingPartsTest::nothing;

        /** The clock of the last filter. */
        private Clock given = clock;

        @Override
        public String type() {
            return "test";
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            given = context.clock();
            return new BlockFilter() {
                @Override
                public BlockDevice next() {
                    return context.next();
                }

                @Override
                public void submit(BlockRequest request) {
                    atRequest.run();
                    context.next().submit(new ForwardedRequest(request) {
                        @Override
                        protected void completed(@Nullable BlockError error) {
                            atCompletion.run();
                            original().complete(error);
                        }
                    });
                }

                @Override
                public void configure(Map<String, Object> with) {}

                @Override
                public void release() {}
            };
        }
    }

    private Storage storage(BlockDeviceFactory devices, @Nullable Filters filters) throws IOException {
        Storage storage =
                Storage.open(devices, DriveSettings.builder("vm1", "test").build(), statistics, clock);
        if (filters != null) {
            storage.filters().change(List.of(new WantedFilter("test", Map.of(), filters)));
        }
        storage.serve(this);
        storage.resume();
        return storage;
    }

    private String result() throws InterruptedException {
        return String.valueOf(results.poll(20, TimeUnit.SECONDS));
    }

    @Test
    void blockedDeviceKeepsNoThreadOfItsCaller() throws Exception {
        Storage storage = storage(new Devices(false), null);
        blocks.set(true);
        storage.execute(new Request(0), this);
        storage.execute(new Request(LENGTH), this);
        assertNotSame(Thread.currentThread(), threads.take());
        assertEquals(2, storage.inFlight());
        clock.advance(TimeUnit.SECONDS.toNanos(7));
        assertEquals(
                "backend test: a call has not returned for 7 s; it must not block",
                storage.parts("backend test").get(0).condition());
        unblock();
        assertEquals("0 success", result());
        assertEquals("512 success", result());
        assertEquals("", storage.parts("backend test").get(0).condition());
        storage.close(late -> {});
    }

    @Test
    void questionOfABlockedDeviceIsBounded() throws Exception {
        Storage storage = storage(new Devices(false), null);
        assertTrue(storage.zeroesFast(true));
        blocks.set(true);
        assertEquals(false, storage.zeroesFast(true));
        unblock();
        storage.close(late -> {});
    }

    @Test
    void deviceThatPromisesToReturnRunsOnItsCaller() throws Exception {
        Storage storage = storage(new Devices(true), null);
        storage.execute(new Request(0), this);
        assertSame(Thread.currentThread(), threads.take());
        storage.close(late -> {});
    }

    @Test
    void blockedFilterKeepsNoThreadOfItsCallerOrOfTheStorage() throws Exception {
        Filters filters = new Filters();
        filters.atRequest = this::call;
        filters.atCompletion = this::call;
        Storage storage = storage(new Devices(true), filters);
        storage.execute(new Request(0), this);
        assertEquals("0 success", result());
        Thread filter = threads.take();
        assertNotSame(Thread.currentThread(), filter);
        assertSame(filter, threads.take(), "the device runs on the thread of the filter before it");
        assertSame(filter, threads.take(), "the completion runs on the thread of the filter");
        storage.close(late -> {});
    }

    @Test
    void completionsReachAFilterOnItsOwnThread() throws Exception {
        Filters filters = new Filters();
        filters.atCompletion = this::call;
        Storage storage = storage(new Devices(false), filters);
        blocks.set(true);
        storage.execute(new Request(0), this);
        Thread device = threads.take();
        blocks.set(false);
        unblock();
        assertEquals("0 success", result());
        assertNotSame(device, threads.take());
        storage.close(late -> {});
    }

    @Test
    void blockedTimerOfAFilterKeepsNoThreadOfTheClock() throws Exception {
        Filters filters = new Filters();
        Storage storage = storage(new Devices(true), filters);
        blocks.set(true);
        Clock given = filters.given;
        given.timer(this::call).arm(clock.nanoTime() + 1000);
        clock.advance(2000);
        assertNotSame(Thread.currentThread(), threads.take());
        clock.advance(TimeUnit.SECONDS.toNanos(3));
        assertEquals(
                "filter test: a call has not returned for 3 s; it must not block",
                storage.parts("device").get(0).condition());
        unblock();
        storage.close(late -> {});
        threads.clear();
        given.timer(this::call).arm(clock.nanoTime());
        clock.advance(1);
        assertTrue(threads.isEmpty(), "a timer of a closed filter has no effect");
    }
}
