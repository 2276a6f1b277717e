package dev.weir.filter.faults;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.FilterContext;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A filter with faults in front of a sparse device, on a manual clock. */
final class Fixture {
    static final long SIZE = 1 << 20;
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;

    final ManualClock clock;
    final SparseDevice storage = new SparseDevice(SIZE);
    final List<String> log = new ArrayList<>();

    /** The requests that the storage got: operation and offset. */
    final List<String> reached = new ArrayList<>();

    final FaultsFilter filter;

    /** Opens a filter with faults in text form, and perhaps a record of unflushed writes. */
    Fixture(String... faults) {
        this(ManualClock.seeded(ThreadLocalRandom.current().nextLong()), faults);
    }

    Fixture(ManualClock clock, String... faults) {
        this.clock = clock;
        filter = new FaultsFilter(new FilterContext("vm1", new Observed(), clock), log::add, () -> 7);
        set(faults);
    }

    void set(String... faults) {
        configure(Map.of(FaultSettings.FAULTS, String.join("; ", faults)));
    }

    void configure(Map<String, Object> options) {
        try {
            filter.configure(options);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Request submit(Operation operation, long offset, int length) {
        return submit(operation, offset, new byte[length]);
    }

    Request submit(Operation operation, long offset, byte[] data) {
        Request request = new Request(operation, offset, data);
        filter.submit(request);
        return request;
    }

    Request flush() {
        return submit(Operation.FLUSH, 0, 0);
    }

    byte[] read(long offset, int length) {
        return submit(Operation.READ, offset, length).data;
    }

    static byte[] bytes(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /** The storage, with a note of each request. */
    private final class Observed implements BlockDevice {
        @Override
        public long size() {
            return storage.size();
        }

        @Override
        public void submit(BlockRequest request) {
            reached.add(Fault.word(request.operation()) + " " + request.offset());
            storage.submit(request);
        }

        @Override
        public void close() {}
    }

    /** A request that notes its completion. */
    final class Request extends BlockRequest {
        final byte[] data;
        private final long submitted = clock.nanoTime();
        private boolean isDone;
        private @Nullable BlockError error;
        private long nanos;

        Request(Operation operation, long offset, byte[] data) {
            super("a test");
            this.data = data;
            prepare(operation, offset, data.length);
        }

        boolean isDone() {
            return isDone;
        }

        @Nullable
        BlockError error() {
            if (!isDone) {
                throw new AssertionError("not completed");
            }
            return error;
        }

        /** Returns the time from the submission to the completion. */
        long nanos() {
            error();
            return nanos;
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.wrap(data);
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            if (isDone) {
                throw new AssertionError("completed twice");
            }
            isDone = true;
            error = newError;
            nanos = clock.nanoTime() - submitted;
        }
    }
}
