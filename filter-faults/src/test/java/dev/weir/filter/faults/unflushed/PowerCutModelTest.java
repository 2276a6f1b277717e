package dev.weir.filter.faults.unflushed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.PowerCutReport.Lost;
import dev.weir.testkit.block.SparseDevice;
import dev.weir.testkit.clock.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/**
 * A model checker of blocks: after any sequence of writes and flushes and any power cut, flushed data and data with
 * force unit access survives, and only unflushed data varies. The report names exactly the lost writes.
 */
class PowerCutModelTest {
    private static final int SIZE = 64 << 10;
    private static final int STEPS = 60;

    private final ManualClock clock = ManualClock.seeded(1);
    private final SparseDevice storage = new SparseDevice(SIZE);

    /** The content if every write since the start had survived. */
    private final byte[] newest = new byte[SIZE];

    /** The content at the last flush, with later writes of force unit access. */
    private final byte[] durable = new byte[SIZE];

    /** The writes since the last flush, without what force unit access has replaced. */
    private final List<Written> unflushed = new ArrayList<>();

    private UnflushedWrites record = new UnflushedWrites(storage, clock, 32 << 20);
    private byte fill;

    /** An unflushed write: its range, and its data at each offset of the drive or null where it is void. */
    @SuppressWarnings("ArrayRecordComponent") // writes are never compared
    private record Written(int from, int to, @Nullable Byte[] bytes) {}

    private final class Request extends BlockRequest {
        private final ByteBuffer buffer;
        private boolean isDone;
        private @Nullable BlockError error;

        Request(Operation operation, int offset, int length, byte[] data, boolean fua) {
            super("a model");
            buffer = ByteBuffer.wrap(data);
            prepare(operation, offset, length);
            fua(fua);
        }

        void run() {
            record.submit(this);
            assertTrue(isDone, () -> operation() + " is not completed");
            assertEquals(null, error);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            isDone = true;
            error = newError;
        }
    }

    private void step(Random random) {
        int from = random.nextInt(SIZE);
        int to = Math.min(SIZE, from + 1 + random.nextInt(random.nextInt(4) == 0 ? SIZE : 2_000));
        switch (random.nextInt(12)) {
            case 0 -> flush();
            case 1 -> write(Operation.WRITE, from, to, true);
            case 2 -> write(Operation.WRITE_ZEROES, from, to, random.nextBoolean());
            case 3 -> write(Operation.TRIM, from, to, false);
            case 4, 5 -> checkRead(from, to);
            default -> write(Operation.WRITE, from, to, false);
        }
    }

    private void flush() {
        new Request(Operation.FLUSH, 0, 0, new byte[0], false).run();
        System.arraycopy(newest, 0, durable, 0, SIZE);
        unflushed.clear();
    }

    private void write(Operation operation, int from, int to, boolean fua) {
        byte value = operation == Operation.WRITE ? ++fill : 0;
        byte[] data = new byte[to - from];
        Arrays.fill(data, value);
        new Request(operation, from, to - from, operation == Operation.WRITE ? data : new byte[0], fua).run();
        Arrays.fill(newest, from, to, value);
        if (fua) {
            Arrays.fill(durable, from, to, value);
            unflushed.forEach(write -> Arrays.fill(write.bytes, from, to, null));
        } else {
            @Nullable Byte[] bytes = new Byte[SIZE];
            Arrays.fill(bytes, from, to, value);
            unflushed.add(new Written(from, to, bytes));
        }
    }

    private void checkRead(int from, int to) {
        byte[] data = new byte[to - from];
        new Request(Operation.READ, from, to - from, data, false).run();
        assertArrayEquals(Arrays.copyOfRange(newest, from, to), data, "a read sees unflushed writes");
    }

    private PowerCutReport cut(PowerCut.Keep keep, int tear, long seed) throws IOException {
        record.powerOff();
        return record.cutPower(new PowerCut(keep, tear, null, 0), seed);
    }

    private byte[] content() {
        byte[] content = new byte[SIZE];
        new Request(Operation.READ, 0, SIZE, content, false).run();
        byte[] stored = new byte[SIZE];
        storage.submit(new Request(Operation.READ, 0, SIZE, stored, false));
        assertArrayEquals(stored, content, "the record is empty after a power cut");
        return content;
    }

    /** Returns the durable content with the unflushed writes over it, except the lost ranges. */
    private byte[] expected(List<Lost> lost) {
        byte[] content = durable.clone();
        List<Written> writes =
                unflushed.stream().filter(PowerCutModelTest::hasBytes).toList();
        for (int place = 0; place < writes.size(); place++) {
            Written write = writes.get(place);
            boolean[] isLost = new boolean[SIZE];
            for (Lost range : lost) {
                if (range.write() == place + 1) {
                    Arrays.fill(isLost, (int) range.offset(), (int) (range.offset() + range.length()), true);
                }
            }
            for (int i = write.from; i < write.to; i++) {
                Byte value = write.bytes[i];
                if (value != null && !isLost[i]) {
                    content[i] = value;
                }
            }
        }
        return content;
    }

    @Property(tries = 300)
    void onlyUnflushedDataVaries(
            @ForAll @LongRange(min = 0) long seed, @ForAll PowerCut.Keep keep, @ForAll TearSize tear)
            throws IOException {
        reset(32 << 20);
        Random random = new Random(seed);
        for (int cut = 0; cut < 3; cut++) {
            for (int i = 0; i < STEPS; i++) {
                step(random);
            }
            long writes = unflushed.stream().filter(PowerCutModelTest::hasBytes).count();
            PowerCutReport report = cut(keep, tear.bytes, seed);
            assertEquals(writes, report.writes());
            byte[] content = content();
            byte[] survivors = survivors(content, report, keep);
            System.arraycopy(survivors, 0, newest, 0, SIZE);
            System.arraycopy(survivors, 0, durable, 0, SIZE);
            unflushed.clear();
        }
    }

    /** Checks the content after a power cut and returns it. */
    private byte[] survivors(byte[] content, PowerCutReport report, PowerCut.Keep keep) {
        for (int i = 0; i < SIZE; i++) {
            assertTrue(isAllowed(i, content[i]), "byte " + i + " was never written so");
        }
        if (keep == PowerCut.Keep.NONE) {
            assertArrayEquals(durable, content);
        } else if (keep == PowerCut.Keep.ALL) {
            assertArrayEquals(newest, content);
            assertEquals(0, report.lostBytes());
        }
        if (report.lost().size() < PowerCutReport.MOST_RANGES) {
            assertEquals(
                    report.lostBytes(),
                    report.lost().stream().mapToLong(Lost::length).sum());
        }
        return content;
    }

    private static boolean hasBytes(Written write) {
        return Arrays.stream(write.bytes).anyMatch(value -> value != null);
    }

    private boolean isAllowed(int at, byte value) {
        return durable[at] == value
                || unflushed.stream().anyMatch(write -> write.bytes[at] != null && write.bytes[at] == value);
    }

    enum TearSize {
        WHOLE(0),
        SECTOR(512),
        PAGE(4096);

        private final int bytes;

        TearSize(int bytes) {
            this.bytes = bytes;
        }
    }

    private void reset(long maxBytes) {
        record = new UnflushedWrites(storage, clock, maxBytes);
        new Request(Operation.WRITE_ZEROES, 0, SIZE, new byte[0], true).run();
        Arrays.fill(newest, (byte) 0);
        Arrays.fill(durable, (byte) 0);
        unflushed.clear();
        fill = 0;
    }

    @Property(tries = 300)
    void reportTellsExactlyTheLostRanges(@ForAll @LongRange(min = 0) long seed, @ForAll PowerCut.Keep keep)
            throws IOException {
        reset(32 << 20);
        Random random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            step(random);
        }
        PowerCutReport report = cut(keep, random.nextBoolean() ? 0 : 4096, seed);
        assertArrayEquals(expected(report.lost()), content());
    }

    @Property(tries = 200)
    void fullRecordLosesOnlyUnflushedData(@ForAll @LongRange(min = 0) long seed, @ForAll PowerCut.Keep keep)
            throws IOException {
        reset(8 << 10);
        Random random = new Random(seed);
        for (int i = 0; i < STEPS; i++) {
            step(random);
            assertTrue(record.state().bytes() <= SIZE, "one write may be larger than the record");
        }
        cut(keep, 512, seed);
        byte[] content = content();
        for (int i = 0; i < SIZE; i++) {
            assertTrue(isAllowed(i, content[i]), "byte " + i + " was never written so");
        }
    }

    @Property(tries = 50)
    void sameSeedHasTheSameFate(@ForAll @LongRange(min = 0) long seed) throws IOException {
        PowerCutReport[] reports = new PowerCutReport[2];
        for (int i = 0; i < 2; i++) {
            reset(32 << 20);
            Random random = new Random(seed);
            for (int step = 0; step < STEPS; step++) {
                step(random);
            }
            reports[i] = cut(PowerCut.Keep.RANDOM, 512, seed);
        }
        assertEquals(reports[0], reports[1]);
    }

    @Property(tries = 20)
    void prefixKeepsWritesInOrder(@ForAll @LongRange(min = 0) long seed) throws IOException {
        reset(32 << 20);
        for (int i = 0; i < 20; i++) {
            write(Operation.WRITE, i * 1000, i * 1000 + 1000, false);
        }
        cut(PowerCut.Keep.PREFIX, Arbitraries.of(0, 512).sample(), seed);
        byte[] content = content();
        int survived = 0;
        while (survived < 20_000 && content[survived] != 0) {
            survived++;
        }
        for (int i = survived; i < SIZE; i++) {
            assertEquals(0, content[i], "a write survives although an earlier one is lost");
        }
    }
}
