package dev.weir.backend.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.Loan;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Memory that drives take, give back and share. */
class MemoryBackendTest {
    private static final int PAGE = Page.BYTES;

    private final PagePool pool = new PagePool(8L * PAGE);
    private final MemoryBackend drive = new MemoryBackend(16L << 40, pool);

    @Test
    void allocatesOnFirstWrite() throws IOException {
        read(drive, 0, 3 * PAGE);
        drive.writeZeroes(0, 1L << 40, true);
        drive.writeZeroes(0, 1L << 40, false);
        drive.trim(0, 1L << 40);
        assertEquals(0, pool.reservedBytes());

        write(drive, 5L << 40, 1, 1);
        assertEquals(PAGE, pool.usedBytes());
        write(drive, (5L << 40) + PAGE - 1, 1, 2);
        assertEquals(2 * PAGE, pool.usedBytes());
        write(drive, 5L << 40, 1, 2 * PAGE);
        assertEquals(2 * PAGE, pool.usedBytes());
    }

    @Test
    void trimAndUnmapDeallocate() throws IOException {
        write(drive, 0, 1, 4 * PAGE);
        drive.trim(0, PAGE);
        assertEquals(3 * PAGE, pool.usedBytes());
        drive.writeZeroes(PAGE, 2L * PAGE, true);
        assertEquals(PAGE, pool.usedBytes());
        drive.trim(0, drive.size());
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void pageEmptiedInPiecesIsFreed() throws IOException {
        write(drive, PAGE, 1, PAGE);
        for (int block = 0; block < PAGE; block += 4096) {
            assertEquals(PAGE, pool.usedBytes());
            if (block % 8192 == 0) {
                drive.trim(PAGE + block, 4096);
            } else {
                drive.writeZeroes(PAGE + block, 4096, true);
            }
        }
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void partialLastPageIsFreed() throws IOException {
        MemoryBackend odd = new MemoryBackend(PAGE + 5, pool);
        write(odd, PAGE, 1, 5);
        odd.trim(PAGE, 5);
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void zeroesWithoutUnmapKeepTheirSpace() throws IOException {
        write(drive, 0, 1, 2 * PAGE);
        drive.writeZeroes(0, 2 * PAGE - 1, false);
        drive.writeZeroes(2 * PAGE - 1, 1, false);
        assertEquals(2 * PAGE, pool.usedBytes());
        assertArrayEquals(new byte[2 * PAGE], read(drive, 0, 2 * PAGE));
    }

    @Test
    void reusedMemoryHoldsNoOldData() throws IOException {
        write(drive, 0, 7, 8 * PAGE);
        drive.trim(0, 8 * PAGE);
        MemoryBackend other = new MemoryBackend(8 * PAGE, pool);
        for (int page = 0; page < 8; page++) {
            write(other, (long) page * PAGE + 100, 1, 1);
        }
        byte[] expected = new byte[PAGE];
        expected[100] = 1;
        assertArrayEquals(expected, read(other, 7L * PAGE, PAGE));
        assertEquals(8 * PAGE, pool.reservedBytes());
    }

    @Test
    void freedMemoryReturnsAsAnotherPage() throws IOException {
        Page first = pool.take(new DetachedPages(), false);
        pool.give(first);
        Page second = pool.take(new DetachedPages(), false);
        assertNotSame(first, second);
        assertEquals(PAGE, pool.usedBytes());
    }

    @Test
    void lastCloseReleasesTheMemory() throws IOException {
        MemoryBackend other = new MemoryBackend(8 * PAGE, pool);
        write(drive, 3, 1, 3 * PAGE);
        write(other, 3, 2, 3 * PAGE);
        drive.close();
        assertEquals(4 * PAGE, pool.usedBytes());
        assertArrayEquals(filled(2, 3 * PAGE), read(other, 3, 3 * PAGE));
        other.close();
        assertEquals(0, pool.usedBytes());
        assertEquals(0, pool.reservedBytes());
    }

    @Test
    void lendsWrittenDataWithoutACopy() throws IOException {
        write(drive, 0, 1, 2 * PAGE);
        List<Loan> loans = lend(PAGE - 100, 300);
        assertEquals(
                List.of(100, 200),
                loans.stream().map(loan -> loan.bytes().remaining()).toList());

        write(drive, PAGE, 9, 1);
        assertEquals(9, loans.get(1).bytes().get(loans.get(1).bytes().position()));
        assertThrows(ReadOnlyBufferException.class, () -> loans.get(0).bytes().put((byte) 1));
        loans.forEach(Loan::giveBack);
        assertEquals(2 * PAGE, pool.usedBytes());
    }

    @Test
    void doesNotLendUnwrittenRanges() throws IOException {
        write(drive, 0, 1, PAGE);
        List<Loan> loans = new ArrayList<>();
        assertFalse(drive.lend(0, PAGE + 1, loans::add));
        loans.forEach(Loan::giveBack);
        assertFalse(drive.lend(PAGE, 1, loan -> fail("a page that is not there")));
    }

    @Test
    void lentMemoryIsReusedAfterTheLastReturn() throws IOException {
        write(drive, 0, 1, PAGE);
        Loan one = lend(0, 10).get(0);
        Loan other = lend(5, 10).get(0);
        drive.trim(0, PAGE);
        assertEquals(PAGE, pool.usedBytes());
        write(drive, 0, 2, 8 * PAGE - PAGE);
        assertThrows(BlockException.class, () -> write(drive, 7L * PAGE, 2, 1));

        one.giveBack();
        assertEquals(8 * PAGE, pool.usedBytes());
        assertEquals(1, other.bytes().get(5));
        other.giveBack();
        assertEquals(7 * PAGE, pool.usedBytes());
        write(drive, 7L * PAGE, 2, 1);
        assertArrayEquals(new byte[PAGE - 1], read(drive, 7L * PAGE + 1, PAGE - 1));
    }

    /** Many loans of one page take heap only while they are open. */
    @Test
    void pageKeepsFewSpareLoans() throws IOException {
        write(drive, 0, 1, PAGE);
        List<Loan> loans = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            loans.addAll(lend(i, 1));
        }
        loans.forEach(Loan::giveBack);
        Set<Loan> used = Collections.newSetFromMap(new IdentityHashMap<>());
        used.addAll(loans);
        long again = IntStream.range(0, 100)
                .filter(i -> used.contains(lend(i, 1).get(0)))
                .count();
        assertEquals(Page.MAX_SPARES, again);
    }

    @Test
    void poolOutlivesItsLoans() throws IOException {
        write(drive, 0, 1, PAGE);
        Loan loan = lend(0, PAGE).get(0);
        drive.close();
        assertEquals(PAGE, pool.usedBytes());
        loan.giveBack();
        assertEquals(0, pool.usedBytes());
        assertEquals(0, pool.reservedBytes());
    }

    private List<Loan> lend(long offset, long length) {
        List<Loan> loans = new ArrayList<>();
        assertTrue(drive.lend(offset, length, loans::add));
        return loans;
    }

    @Test
    void fullPoolFailsThatWriteOnly() throws IOException {
        MemoryBackend other = new MemoryBackend(8 * PAGE, pool);
        write(other, 0, 5, PAGE);
        write(drive, 0, 1, 7 * PAGE);

        BlockException refused = assertThrows(BlockException.class, () -> write(drive, 6L * PAGE, 2, 2 * PAGE));
        assertEquals(BlockError.ENOSPC, refused.error());
        assertTrue(String.valueOf(refused.getMessage()).contains(8 * PAGE + " bytes"), refused.getMessage());
        assertArrayEquals(filled(1, 6 * PAGE), read(drive, 0, 6 * PAGE));
        assertArrayEquals(new byte[PAGE], read(drive, 7L * PAGE, PAGE));
        assertArrayEquals(filled(5, PAGE), read(other, 0, PAGE));

        write(drive, 0, 3, 7 * PAGE);
        drive.trim(0, PAGE);
        write(other, 3L * PAGE, 4, PAGE);
        assertArrayEquals(filled(4, PAGE), read(other, 3L * PAGE, PAGE));
    }

    @Test
    void readsAndRewritesAllocateNothing() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        write(drive, 1L << 40, 1, PAGE);
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = allocatedBytes();
            for (int i = 0; i < 1000; i++) {
                drive.read(buffer.clear(), (1L << 40) + i);
                drive.read(buffer.clear(), i);
                drive.write(buffer.clear(), (1L << 40) + i);
                drive.lend((1L << 40) + i, 4096, Loan::giveBack);
            }
            bytes = Math.min(bytes, allocatedBytes() - before);
        }
        assertTrue(bytes < 1000, bytes + " bytes of heap for 4000 requests");
    }

    @Test
    void hugeDriveIsCheap() throws IOException {
        new MemoryBackend(Long.MAX_VALUE, pool).close();
        long before = allocatedBytes();
        MemoryBackend huge = new MemoryBackend(Long.MAX_VALUE, pool);
        huge.trim(0, Long.MAX_VALUE);
        long bytes = allocatedBytes() - before;
        assertTrue(bytes < 2048, bytes + " bytes of heap");
        write(huge, Long.MAX_VALUE - 3, 6, 3);
        assertArrayEquals(filled(6, 3), read(huge, Long.MAX_VALUE - 3, 3));
        assertFalse(huge.mayBlock());
    }

    @Test
    void driveWithoutPagesHasNoTable() {
        long before = allocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            new MemoryBackend(16L << 40, pool).close();
        }
        long bytes = (allocatedBytes() - before) / 1_000;
        assertTrue(bytes < 128, bytes + " bytes of heap");
    }

    @Test
    void emptyDriveTakesPagesAfterItHasGrown() throws IOException {
        MemoryBackend grown = new MemoryBackend(PAGE, pool);
        grown.resize(16L << 40);
        long last = (16L << 40) - PAGE;
        assertArrayEquals(new byte[PAGE], read(grown, last, PAGE));
        write(grown, last, 7, PAGE);
        write(grown, 0, 8, PAGE);
        assertArrayEquals(filled(7, PAGE), read(grown, last, PAGE));
        assertArrayEquals(filled(8, PAGE), read(grown, 0, PAGE));
        assertArrayEquals(new byte[PAGE], read(grown, 64L * PAGE, PAGE));
        assertArrayEquals(new byte[PAGE], read(drive, 0, PAGE));
        grown.close();
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    static void write(MemoryBackend to, long offset, int value, int length) throws IOException {
        to.write(ByteBuffer.wrap(filled(value, length)), offset);
    }

    static byte[] read(MemoryBackend from, long offset, int length) {
        byte[] bytes = new byte[length];
        from.read(ByteBuffer.wrap(bytes), offset);
        return bytes;
    }

    static byte[] filled(int value, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
