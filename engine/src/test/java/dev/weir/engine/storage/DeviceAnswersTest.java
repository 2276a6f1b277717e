package dev.weir.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockDevice;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.BlockError;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.ExtentVisitor;
import dev.weir.block.Loan;
import dev.weir.block.Operation;
import dev.weir.clock.Clock;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.statistics.Statistics;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Wrong answers of devices and backends end their own request once, and reach no client. */
class DeviceAnswersTest {
    private static final int LENGTH = 512;

    private final ManualClock clock = ManualClock.seeded(1);
    private final Statistics statistics = new Statistics();

    /** A request as an export has it: used again after its completion. */
    private static final class Reused extends BlockRequest {
        private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
        private final List<String> extents = new ArrayList<>();
        private final List<String> results = new ArrayList<>();
        private final CountDownLatch completed = new CountDownLatch(1);
        private int forfeits;

        Reused(Operation operation) {
            super("guest");
            prepare(operation, 0, LENGTH);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        public void forfeitBuffer() {
            assertTrue(results.isEmpty(), "forfeited after the completion");
            forfeits++;
        }

        @Override
        public void borrow(Loan loan) {
            loan.giveBack();
        }

        @Override
        public boolean extent(long extentLength, boolean hole) {
            return extents.add((hole ? "hole " : "data ") + extentLength);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            results.add(error == null ? "success" : error.name());
            completed.countDown();
        }
    }

    private static final class Lent implements Loan {
        private final ByteBuffer bytes;
        private int returns;

        Lent(int length) {
            bytes = ByteBuffer.allocateDirect(length);
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public void giveBack() {
            returns++;
        }
    }

    private record Device(Consumer<BlockRequest> answer) implements BlockDevice {
        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public boolean zeroesFast(boolean mayUnmap) {
            throw new IllegalStateException("a test");
        }

        @Override
        public void submit(BlockRequest request) {
            if (request.operation() == Operation.FLUSH) {
                request.complete(null);
            } else {
                answer.accept(request);
            }
        }

        @Override
        public void close() {}
    }

    private static void fill(BlockRequest request) {
        request.buffer().put(new byte[LENGTH]);
    }

    private Storage open(BlockDevice device) throws IOException {
        Storage storage = new Storage("vm1", device, statistics, clock);
        storage.serve(this);
        storage.resume();
        return storage;
    }

    private Reused execute(Operation operation, Consumer<BlockRequest> answer) throws IOException {
        Reused request = new Reused(operation);
        open(new Device(answer)).execute(request, this);
        return request;
    }

    @Test
    void secondCompletionHasNoEffect() throws IOException {
        Reused request = execute(Operation.WRITE, given -> {
            given.complete(null);
            given.complete(BlockError.EIO);
        });
        assertEquals(List.of("success"), request.results);
        assertEquals(1, statistics.counters(0, 0).writes());
    }

    @Test
    void completionAfterAThrowHasNoEffect() throws IOException {
        List<BlockRequest> passedOn = new ArrayList<>();
        Storage storage = open(new Device(given -> {
            fill(given);
            passedOn.add(given);
            throw new IllegalStateException("a test");
        }));
        Reused request = new Reused(Operation.READ);
        storage.execute(request, this);
        assertEquals(List.of("EIO"), request.results);
        assertEquals(1, request.forfeits, "the device may still write to the buffer");
        passedOn.get(0).complete(null);
        assertEquals(List.of("EIO"), request.results);
        assertThrows(IllegalStateException.class, () -> passedOn.get(0).buffer());
        assertEquals(0, storage.inFlight());
    }

    @Test
    void bufferThatNoDeviceHasIsKept() throws IOException {
        Reused request = execute(Operation.READ, given -> {
            throw new OutOfMemoryError("a test");
        });
        assertEquals(List.of("ENOMEM"), request.results);
        assertEquals(0, request.forfeits);
    }

    @Test
    void throwAfterTheCompletionHasNoEffect() throws IOException {
        Reused request = execute(Operation.READ, given -> {
            fill(given);
            given.complete(null);
            throw new IllegalStateException("a test");
        });
        assertEquals(List.of("success"), request.results);
        assertEquals(0, request.forfeits);
    }

    @Test
    void partlyReadBufferIsAnError() throws IOException {
        assertEquals(
                List.of("EIO"),
                execute(Operation.READ, given -> {
                            given.buffer().put(new byte[LENGTH - 1]);
                            given.complete(null);
                        })
                        .results);
        assertEquals(List.of("EIO"), execute(Operation.READ, given -> given.complete(null)).results);
        assertEquals(
                List.of("success"),
                execute(Operation.READ, given -> {
                            fill(given);
                            given.complete(null);
                        })
                        .results);
    }

    @Test
    void loansMustCoverTheRange() throws IOException {
        Lent loan = new Lent(LENGTH - 1);
        Reused request = execute(Operation.READ, given -> {
            given.borrow(loan);
            given.complete(null);
            assertThrows(IllegalStateException.class, () -> given.borrow(loan));
        });
        assertEquals(List.of("EIO"), request.results);
        assertEquals(2, loan.returns);
    }

    @Test
    void impossibleExtentsAreAnError() throws IOException {
        for (long length : new long[] {0, -1, LENGTH, Long.MAX_VALUE}) {
            Reused request = execute(Operation.BLOCK_STATUS, given -> {
                given.extent(1, true);
                given.extent(length, true);
                given.extent(1, true);
                given.complete(null);
            });
            assertEquals(List.of("hole 1"), request.extents, length + " bytes");
            assertEquals(List.of("EIO"), request.results, length + " bytes");
        }
    }

    @Test
    void restOfTheRangeCountsAsData() throws IOException {
        Reused request = execute(Operation.BLOCK_STATUS, given -> {
            given.extent(LENGTH - 12, true);
            given.complete(null);
        });
        assertEquals(List.of("hole 500", "data 12"), request.extents);
        assertEquals(List.of("success"), request.results);
    }

    @Test
    void failedQuestionAboutZeroesMeansNotFast() throws IOException {
        assertFalse(open(new Device(given -> given.complete(null))).zeroesFast(true));
    }

    /** A backend whose operations move too few bytes and whose extents have a given length. */
    private record Backend(long extent) implements BlockBackend {
        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public void read(ByteBuffer destination, long offset) {
            destination.put(new byte[1]);
        }

        @Override
        public void write(ByteBuffer source, long offset) {
            source.get();
        }

        @Override
        public void blockStatus(long offset, long length, ExtentVisitor visitor) {
            visitor.extent(extent, true);
        }

        @Override
        public void writeZeroes(long offset, long length, boolean mayUnmap) {}

        @Override
        public void trim(long offset, long length) {}

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private Reused submit(Operation operation, long extent) throws Exception {
        BackendDevice device = new BackendDevice("vm1", new Backend(extent), clock);
        Reused request = new Reused(operation);
        device.submit(request);
        assertTrue(request.completed.await(20, TimeUnit.SECONDS));
        device.close();
        return request;
    }

    @Test
    void answersOfBackendsAreChecked() throws Exception {
        assertEquals(List.of("EIO"), submit(Operation.READ, 1).results);
        assertEquals(List.of("EIO"), submit(Operation.WRITE, 1).results);
        assertEquals(List.of("EIO"), submit(Operation.BLOCK_STATUS, LENGTH + 1).results);
        Reused request = submit(Operation.BLOCK_STATUS, 1);
        assertEquals(List.of("success"), request.results);
        assertEquals(List.of("hole 1", "data " + (LENGTH - 1)), request.extents);
    }

    /** A factory of devices with an impossible size that cannot be closed. */
    private static final class Impossible implements BlockDeviceFactory {
        @Override
        public String type() {
            return "impossible";
        }

        @Override
        public List<BlockOption> options() {
            return List.of();
        }

        @Override
        public BlockDevice open(String drive, Map<String, Object> options, boolean readOnly, Clock time) {
            return new BlockDevice() {
                @Override
                public long size() {
                    return -1;
                }

                @Override
                public void submit(BlockRequest request) {}

                @Override
                public void close() throws IOException {
                    throw new IOException("cannot be closed");
                }
            };
        }
    }

    @Test
    void openingNamesTheImpossibleSizeAndNotTheClose() {
        DriveSettings settings = DriveSettings.builder("vm1", "impossible").build();
        IOException thrown =
                assertThrows(IOException.class, () -> Storage.open(new Impossible(), settings, statistics, clock));
        assertEquals("its size is -1: must be a multiple of its block size 1", thrown.getMessage());
    }
}
