package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.FramedBuffer.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * A backend and a model of a window of it. Every operation runs on both and every read is compared. Offsets count
 * from the start of the window. Not thread-safe. Several windows may share a backend if they write to different
 * bytes.
 */
final class ModelledDrive {
    private static final Kind[] KINDS = Kind.values();

    private final BlockBackend backend;
    private final long start;
    private final byte[] expected;

    /** Trimmed bytes without a later write. They may read as anything. */
    private final BitSet unknown;

    private int operations;

    /** Creates a window that reads as zeroes. */
    ModelledDrive(BlockBackend backend, long start, int length) {
        this(backend, start, new byte[length], new BitSet());
    }

    private ModelledDrive(BlockBackend backend, long start, byte[] expected, BitSet unknown) {
        this.backend = backend;
        this.start = start;
        this.expected = expected;
        this.unknown = unknown;
    }

    /** Returns the same window and model on another backend, or for another thread that only checks. */
    ModelledDrive on(BlockBackend other) {
        return new ModelledDrive(other, start, expected, unknown);
    }

    /** Returns the model of the same drive after a change of its size. New bytes are zero. */
    ModelledDrive resized(int length) {
        BitSet stillUnknown = (BitSet) unknown.clone();
        stillUnknown.clear(Math.min(length, expected.length), Math.max(length, expected.length));
        return new ModelledDrive(backend, start, Arrays.copyOf(expected, length), stillUnknown);
    }

    void write(int offset, byte[] bytes) throws IOException {
        FramedBuffer source = new FramedBuffer(nextKind(), bytes.length).filledWith(bytes);
        backend.write(source.buffer(), start + offset);
        assertArrayEquals(bytes, source.taken(), "the source of a write, afterwards");
        System.arraycopy(bytes, 0, expected, offset, bytes.length);
        unknown.clear(offset, offset + bytes.length);
    }

    void writeZeroes(int offset, int length, boolean mayUnmap) throws IOException {
        backend.writeZeroes(start + offset, length, mayUnmap);
        Arrays.fill(expected, offset, offset + length, (byte) 0);
        unknown.clear(offset, offset + length);
    }

    void trim(int offset, int length) throws IOException {
        backend.trim(start + offset, length);
        unknown.set(offset, offset + length);
    }

    void cache(int offset, int length) throws IOException {
        backend.cache(start + offset, length);
    }

    /** Checks that the extents of a range cover exactly that range and that holes read as zeroes. */
    void checkExtents(int offset, int length) throws IOException {
        long[] end = {offset};
        List<int[]> holes = new ArrayList<>();
        backend.blockStatus(start + offset, length, (bytes, hole) -> {
            assertTrue(bytes > 0, "an extent of " + bytes + " bytes");
            if (hole) {
                holes.add(new int[] {(int) end[0], (int) (end[0] + bytes)});
            }
            end[0] += bytes;
            return true;
        });
        assertEquals(offset + length, end[0], "the end of the last extent");
        for (int[] hole : holes) {
            FramedBuffer destination = new FramedBuffer(nextKind(), hole[1] - hole[0]);
            backend.read(destination.buffer(), start + hole[0]);
            int wrong = Arrays.mismatch(new byte[hole[1] - hole[0]], destination.taken());
            assertEquals(-1, wrong, "where the hole from " + hole[0] + " to " + hole[1] + " is not zero");
        }
    }

    /** Returns the number of bytes in holes of a range. */
    long holeBytes(int offset, int length) throws IOException {
        long[] bytes = {0};
        backend.blockStatus(start + offset, length, (extent, hole) -> {
            bytes[0] += hole ? extent : 0;
            return true;
        });
        return bytes[0];
    }

    /** Checks a read of a range, and its loan if the whole range is lent. */
    void check(int offset, int length) throws IOException {
        FramedBuffer destination = new FramedBuffer(nextKind(), length);
        backend.read(destination.buffer(), start + offset);
        check(offset, length, destination.taken());
        Borrowed borrowed = new Borrowed(backend, start + offset, length);
        if (borrowed.isWhole()) {
            byte[] lent = borrowed.bytes();
            assertEquals(length, lent.length, "how much was lent");
            check(offset, length, lent);
        }
        borrowed.giveBack();
    }

    private void check(int offset, int length, byte[] actual) {
        for (int i = unknown.nextSetBit(offset); i >= 0 && i < offset + length; i = unknown.nextSetBit(i + 1)) {
            actual[i - offset] = expected[i];
        }
        int wrong = Arrays.mismatch(Arrays.copyOfRange(expected, offset, offset + length), actual);
        if (wrong >= 0) {
            assertEquals(expected[offset + wrong], actual[wrong], "byte " + (start + offset + wrong) + " of the drive");
        }
    }

    void checkAll() throws IOException {
        check(0, expected.length);
    }

    /** Takes a random step between {@code from} (inclusive) and {@code to} (exclusive). */
    void randomStep(Random random, int from, int to) throws IOException {
        int offset = from + random.nextInt(to - from);
        int length = 1 + random.nextInt(to - offset);
        switch (random.nextInt(7)) {
            case 0, 1 -> write(offset, randomBytes(random, length));
            case 2 -> writeZeroes(offset, length, true);
            case 3 -> writeZeroes(offset, length, false);
            case 4 -> trim(offset, length);
            case 5 -> checkExtents(offset, length);
            default -> check(offset, length);
        }
    }

    /**
     * Writes and checks windows of a fresh drive that do not overlap: at both ends, across 4 GiB, across the middle and
     * in random places.
     */
    static void checkWindows(BlockBackend backend, long size, Random random) throws IOException {
        int length = 200_001;
        long half = size / 2;
        long[] starts = {
            0,
            half > 1L << 33 ? (1L << 32) - 1_000 : length,
            half / 2 + random.nextLong(half / 2 - 2L * length),
            half - 777,
            half + length + random.nextLong(half - 3L * length),
            size - length
        };
        for (long start : starts) {
            ModelledDrive window = new ModelledDrive(backend, start, length);
            window.checkAll();
            window.write(length / 2, randomBytes(random, length - length / 2));
            window.writeZeroes(150_000, 7, true);
            window.checkAll();
        }
    }

    static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Kind nextKind() {
        return KINDS[operations++ % KINDS.length];
    }
}
