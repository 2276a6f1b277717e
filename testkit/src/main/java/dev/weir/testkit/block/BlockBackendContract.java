package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.FramedBuffer.Kind;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Tests for the contract of {@link BlockBackend}. To test a backend, extend this class, implement {@link #open} and
 * run it with JUnit 5. A failed random test prints its seed. {@code -Dweir.seed=N} repeats it.
 *
 * <p>For a backend whose data outlives it, extend {@link PersistentBackendContract}.
 */
public abstract class BlockBackendContract extends HintContract {

    /** Sizes around likely page sizes, and a prime. */
    private static final int[] SIZES = {1, 511, 512, 4095, 4097, 65_535, 65_536, 65_537, 1_000_003};

    private static final int RANDOM_STEPS = 2_000;

    /** {@return the size (bytes) of a sparse drive that far exceeds the available space} */
    protected long hugeSize() {
        return 1L << 40;
    }

    /**
     * {@return the size (bytes) of a drive that {@link #open} was asked for} A storage of whole blocks rounds up.
     *
     * @param asked the size in the call (bytes)
     */
    protected long sizeOf(long asked) {
        return asked;
    }

    /** {@return whether block status reports trimmed and unmapped ranges as holes} */
    protected boolean tellsHoles() {
        return true;
    }

    /** {@return whether an open drive takes any size from now on; false skips the tests of that} */
    protected boolean resizes() {
        return false;
    }

    @Test
    @DisplayName("a fresh drive of any size reads as zeroes to its last byte")
    void freshDrivesReadAsZeroes() throws IOException {
        for (int size : SIZES) {
            BlockBackend backend = fresh(size);
            assertEquals(sizeOf(size), backend.size());
            new ModelledDrive(backend, 0, size).checkAll();
            close();
        }
    }

    @Test
    @DisplayName(
            "reads return written bytes with heap and direct buffers and change nothing outside position and limit")
    void readsWhatWasWritten() throws IOException {
        for (Kind kind : Kind.values()) {
            BlockBackend backend = fresh(SIZE);
            byte[] bytes = ModelledDrive.randomBytes(new Random(1), 4096);
            FramedBuffer source = new FramedBuffer(kind, bytes.length).filledWith(bytes);
            backend.write(source.buffer(), 8192);
            assertArrayEquals(bytes, source.taken(), kind + " source, afterwards");
            FramedBuffer destination = new FramedBuffer(kind, bytes.length);
            backend.read(destination.buffer(), 8192);
            assertArrayEquals(bytes, destination.taken(), kind + " destination");
            close();
        }
    }

    @Test
    @DisplayName("a read-only buffer is a valid source")
    void writesFromReadOnlyBuffers() throws IOException {
        BlockBackend backend = fresh(SIZE);
        for (Kind kind : Kind.values()) {
            byte[] bytes = ModelledDrive.randomBytes(new Random(kind.ordinal()), 70_001);
            backend.write(
                    new FramedBuffer(kind, bytes.length)
                            .filledWith(bytes)
                            .buffer()
                            .asReadOnlyBuffer(),
                    777);
            FramedBuffer destination = new FramedBuffer(kind, bytes.length);
            backend.read(destination.buffer(), 777);
            assertArrayEquals(bytes, destination.taken(), kind + " source");
        }
    }

    @Test
    @DisplayName("odd ranges work: across many pages, at the first byte and at the last")
    void readsAndWritesAnyRange() throws IOException {
        int[] edges = {0, 1, 511, 4095, 4096, 65_535, 65_536, 65_537, 131_071, SIZE - 1, SIZE};
        Random random = new Random(2);
        ModelledDrive drive = new ModelledDrive(fresh(SIZE), 0, SIZE);
        for (int from : edges) {
            for (int to : edges) {
                if (from < to) {
                    drive.write(from, ModelledDrive.randomBytes(random, to - from));
                    drive.check(Math.max(0, from - 1), Math.min(SIZE, to + 1) - Math.max(0, from - 1));
                }
            }
        }
        drive.checkAll();
    }

    @Test
    @DisplayName("zeroed ranges read as zeroes with and without unmapping; neighbours stay unchanged")
    void zeroesAreZeroesAndNoMore() throws IOException {
        for (boolean mayUnmap : new boolean[] {true, false}) {
            ModelledDrive drive = written();
            drive.writeZeroes(65_536, 65_536, mayUnmap);
            drive.checkAll();
            drive.writeZeroes(5, 1, mayUnmap);
            drive.writeZeroes(60_000, 100_001, mayUnmap);
            drive.writeZeroes(SIZE - 1, 1, mayUnmap);
            drive.checkAll();
            drive.write(65_000, ModelledDrive.randomBytes(new Random(3), 70_000));
            drive.checkAll();
            drive.writeZeroes(0, SIZE, mayUnmap);
            drive.checkAll();
            close();
        }
    }

    @Test
    @DisplayName("zeroing and trimming a fresh range leaves its neighbours zero")
    void zeroesWhatWasNeverWritten() throws IOException {
        ModelledDrive drive = new ModelledDrive(fresh(SIZE), 0, SIZE);
        drive.writeZeroes(1, SIZE - 2, false);
        drive.writeZeroes(0, SIZE, true);
        drive.trim(1, SIZE - 2);
        drive.checkAll();
    }

    @Test
    @DisplayName("trimmed ranges accept reads and writes; neighbours stay unchanged")
    void trimsNoMoreThanItsRange() throws IOException {
        ModelledDrive drive = written();
        drive.trim(65_536, 65_536);
        drive.trim(3, 1);
        drive.trim(131_000, 100_003);
        drive.trim(SIZE - 1, 1);
        drive.checkAll();
        drive.write(100_000, ModelledDrive.randomBytes(new Random(4), 50_000));
        drive.checkAll();
        drive.trim(0, SIZE);
        drive.write(0, ModelledDrive.randomBytes(new Random(5), SIZE));
        drive.checkAll();
    }

    @Test
    @DisplayName("extents cover exactly their range and holes read as zeroes")
    void extentsCoverTheRange() throws IOException {
        ModelledDrive drive = new ModelledDrive(fresh(SIZE), 0, SIZE);
        drive.write(65_537, ModelledDrive.randomBytes(new Random(9), 70_000));
        drive.write(200_000, new byte[] {1});
        int[] edges = {0, 1, 4095, 65_536, 65_537, 135_536, 135_537, 200_000, 200_001, SIZE - 1, SIZE};
        for (int from : edges) {
            for (int to : edges) {
                if (from < to) {
                    drive.checkExtents(from, to - from);
                }
            }
        }
    }

    @Test
    @DisplayName("a visitor that stops gets no further extents")
    void extentsEndWhenTheVisitorSaysSo() throws IOException {
        BlockBackend backend = fresh(SIZE);
        ModelledDrive drive = new ModelledDrive(backend, 0, SIZE);
        drive.write(131_072, new byte[] {1});
        int[] told = {0};
        for (int wanted = 1; wanted <= 3; wanted++) {
            int limit = wanted;
            told[0] = 0;
            backend.blockStatus(0, SIZE, (length, hole) -> ++told[0] < limit);
            assertTrue(told[0] <= limit, told[0] + " extents for a visitor that wants " + limit);
        }
    }

    @Test
    @DisplayName("a fresh drive is one hole; trims and unmapping zeroes make holes of exactly their range")
    void trimsAndZeroesMakeHoles() throws IOException {
        if (!tellsHoles()) {
            return;
        }
        int size = 4 << 20;
        ModelledDrive drive = new ModelledDrive(fresh(size), 0, size);
        assertEquals(size, drive.holeBytes(0, size), "bytes in holes of a fresh drive");
        drive.write(0, ModelledDrive.randomBytes(new Random(10), size));
        assertEquals(0, drive.holeBytes(0, size), "bytes in holes of a drive that is written everywhere");
        drive.trim(1 << 20, 1 << 20);
        drive.writeZeroes((3 << 20) - 1, (1 << 20) + 1, true);
        assertEquals(1 << 20, drive.holeBytes(1 << 20, 1 << 20), "bytes in holes of a trimmed range");
        assertEquals(1 << 20, drive.holeBytes(3 << 20, 1 << 20), "bytes in holes of a zeroed range");
        assertEquals(2 << 20, drive.holeBytes(0, size), "bytes in holes in all");
        drive.checkAll();
        drive.write((1 << 20) + 7, new byte[] {1});
        drive.checkExtents(0, size);
        assertTrue(drive.holeBytes(1 << 20, 1 << 20) < 1 << 20, "a hole that is written to is none");
    }

    @Test
    @DisplayName("a prefetch changes no data")
    void cacheChangesNothing() throws IOException {
        ModelledDrive drive = written();
        drive.cache(0, SIZE);
        drive.cache(SIZE - 1, 1);
        drive.checkAll();
    }

    @Test
    @DisplayName("any sequence of operations matches an array of bytes")
    void doesWhatAnArrayWouldDo() throws IOException {
        long seed = seed();
        Random random = new Random(seed);
        int size = 1 + random.nextInt(SIZE);
        ModelledDrive drive = new ModelledDrive(fresh(size), 0, size);
        int step = 0;
        try {
            for (; step < RANDOM_STEPS; step++) {
                int from = random.nextInt(size);
                int to = random.nextInt(8) == 0 ? size : Math.min(size, from + 1 + random.nextInt(9_000));
                drive.randomStep(random, from, to);
            }
            drive.checkAll();
        } catch (AssertionError | RuntimeException | IOException e) {
            fail("step " + step + " of seed " + seed + " (-Dweir.seed=" + seed + "), drive of " + size + " bytes", e);
        }
    }

    @Test
    @DisplayName("a sparse drive larger than the available space stores bytes anywhere")
    void hugeDrivesAreSparse() throws IOException {
        long size = hugeSize() + 12_345;
        long seed = seed();
        BlockBackend backend = fresh(size);
        assertEquals(sizeOf(size), backend.size());
        try {
            ModelledDrive.checkWindows(backend, size, new Random(seed));
        } catch (AssertionError e) {
            fail("seed " + seed + " (-Dweir.seed=" + seed + ")", e);
        }
        backend.trim(0, size);
    }

    @Test
    @DisplayName("a resized drive keeps the bytes below the smaller size; new bytes are zeroes, also after a shrink")
    void resizeKeepsBytesAndAddsZeroes() throws IOException {
        if (!resizes()) {
            return;
        }
        long seed = seed();
        try {
            BlockResizes.random(fresh(SIZE), new Random(seed));
        } catch (AssertionError | RuntimeException | IOException e) {
            fail("seed " + seed + " (-Dweir.seed=" + seed + ")", e);
        }
    }

    @Test
    @DisplayName("a small drive grows beyond the available space and shrinks again")
    void smallDriveGrowsHuge() throws IOException {
        if (resizes()) {
            BlockResizes.huge(fresh(4096), hugeSize());
        }
    }

    @Test
    @DisplayName("a flush succeeds with and without unflushed writes")
    void flushes() throws IOException {
        BlockBackend backend = fresh(SIZE);
        backend.flush();
        new ModelledDrive(backend, 0, SIZE).write(1, new byte[] {1, 2, 3});
        backend.flush();
        backend.flush();
    }

    @Test
    @DisplayName("an interrupted caller does not affect later callers")
    void survivesInterrupts() throws IOException {
        BlockBackend backend = fresh(SIZE);
        ModelledDrive drive = new ModelledDrive(backend, 0, SIZE);
        drive.write(0, ModelledDrive.randomBytes(new Random(6), 10_000));
        Thread.currentThread().interrupt();
        try {
            backend.read(new FramedBuffer(Kind.DIRECT, 100).buffer(), 0);
            backend.flush();
        } catch (IOException e) {
            // a backend may fail an interrupted operation
        } finally {
            Thread.interrupted();
        }
        drive.checkAll();
        drive.write(5_000, ModelledDrive.randomBytes(new Random(7), 10_000));
        drive.checkAll();
    }

    @Test
    @DisplayName("threads on different bytes of the same pages do not interfere")
    void threadsKeepToTheirBytes() throws Exception {
        long seed = seed();
        try {
            BlockRaces.stripes(fresh(BlockRaces.STRIPED), seed);
        } catch (AssertionError e) {
            fail("seed " + seed + " (-Dweir.seed=" + seed + ")", e);
        }
    }

    @Test
    @DisplayName("concurrent first writes to one page all take effect")
    void firstWritesAtOnceAllCount() throws Exception {
        BlockRaces.firstWrites(fresh(hugeSize()));
    }

    @Test
    @DisplayName("emptying part of a page keeps concurrent writes to its other part")
    void emptyingLosesNoOthersWrites() throws Exception {
        BlockRaces.emptyWhileWriting(fresh(hugeSize()));
    }

    /** Returns a drive filled with random bytes. */
    final ModelledDrive written() throws IOException {
        ModelledDrive drive = new ModelledDrive(fresh(SIZE), 0, SIZE);
        drive.write(0, ModelledDrive.randomBytes(new Random(8), SIZE));
        return drive;
    }

    static long seed() {
        return Long.getLong("weir.seed", new Random().nextLong());
    }
}
