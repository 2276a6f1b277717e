package dev.weir.backend.memory;

import static dev.weir.backend.memory.MemoryBackendTest.filled;
import static dev.weir.backend.memory.MemoryBackendTest.read;
import static dev.weir.backend.memory.MemoryBackendTest.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.weir.block.Loan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Memory that moves to another drive at the worst moment: after a reader or writer has found the page, before it uses
 * it. An instrumented table runs a second operation at this moment, so each race happens every time.
 */
class InterleavingTest {
    private static final int PAGE = Page.BYTES;
    private static final int MINE = 1;
    private static final int THEIRS = 2;
    private static final int LATER = 3;

    private final PagePool pool = new PagePool(2L * PAGE);
    private final InterruptedTable table = new InterruptedTable();
    private final MemoryBackend mine = new MemoryBackend(4L * PAGE, pool, table);
    private final MemoryBackend theirs = new MemoryBackend(4L * PAGE, pool);

    private interface Meanwhile {
        void run() throws IOException;
    }

    /** Runs an action once, right after a lookup. */
    private static final class InterruptedTable extends PageTable {
        private @Nullable Meanwhile meanwhile;
        private @Nullable Meanwhile beforeAddition;
        private @Nullable Meanwhile beforeRemoval;

        InterruptedTable() {
            super(3);
        }

        private void interrupt() {
            Meanwhile now = meanwhile;
            meanwhile = null;
            run(now);
        }

        private static void run(@Nullable Meanwhile now) {
            try {
                if (now != null) {
                    now.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        @Nullable
        Page find(long number) {
            Page found = super.find(number);
            interrupt();
            return found;
        }

        @Override
        synchronized Page putIfAbsent(long number, Page page) {
            Meanwhile now = beforeAddition;
            beforeAddition = null;
            run(now);
            return super.putIfAbsent(number, page);
        }

        @Override
        synchronized void remove(long number) {
            run(beforeRemoval);
            super.remove(number);
        }

        @Override
        boolean forEach(long first, long last, Visitor visitor) {
            return super.forEach(first, last, (number, page) -> {
                interrupt();
                return visitor.visit(number, page);
            });
        }
    }

    private void givePageToThem() throws IOException {
        theirs.trim(0, PAGE);
        mine.trim(0, PAGE);
        write(theirs, 0, THEIRS, PAGE);
    }

    @Test
    void readNeverReturnsDataOfAnotherDrive() throws IOException {
        write(mine, 0, MINE, PAGE);
        table.meanwhile = this::givePageToThem;
        assertArrayEquals(new byte[PAGE], read(mine, 0, PAGE));
    }

    @Test
    void readSeesWritesAfterAPageWasReplaced() throws IOException {
        write(mine, 0, MINE, PAGE);
        table.meanwhile = () -> {
            givePageToThem();
            write(mine, 0, LATER, PAGE);
        };
        assertArrayEquals(filled(LATER, PAGE), read(mine, 0, PAGE));
    }

    @Test
    void reusedPageIsNotLent() throws IOException {
        write(mine, 0, MINE, PAGE);
        table.meanwhile = this::givePageToThem;
        assertFalse(mine.lend(0, PAGE, loan -> fail("lent a page that is theirs")));
    }

    @Test
    void aPageThatLeavesTheTableIsLentNoMore() throws IOException {
        write(mine, 0, MINE, PAGE);
        table.beforeRemoval = () -> assertFalse(mine.lend(0, PAGE, loan -> fail("lent a page that leaves")));
        mine.trim(0, PAGE);
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void returnedLoanFreesNoPageInTheTable() throws IOException {
        write(mine, 0, MINE, PAGE);
        List<Loan> loans = new ArrayList<>();
        mine.lend(0, PAGE, loans::add);
        table.beforeRemoval = () -> {
            loans.get(0).giveBack();
            write(theirs, 0, THEIRS, PAGE);
            assertArrayEquals(filled(MINE, PAGE), read(mine, 0, PAGE));
        };
        mine.trim(0, PAGE);
        assertEquals(PAGE, pool.usedBytes());
        assertEquals(0, mine.detachedPages());
    }

    @Test
    void writeNeverReachesAReusedPage() throws IOException {
        write(mine, 0, MINE, PAGE);
        table.meanwhile = this::givePageToThem;
        write(mine, 0, LATER, 512);
        assertArrayEquals(filled(THEIRS, PAGE), read(theirs, 0, PAGE));
        assertArrayEquals(filled(LATER, 512), read(mine, 0, 512));
        assertArrayEquals(new byte[PAGE - 512], read(mine, 512, PAGE - 512));
    }

    @Test
    void zeroesNeverReachAReusedPage() throws IOException {
        for (boolean mayUnmap : new boolean[] {true, false}) {
            for (int length : new int[] {512, PAGE}) {
                write(mine, 0, MINE, PAGE);
                table.meanwhile = this::givePageToThem;
                mine.writeZeroes(0, length, mayUnmap);
                assertArrayEquals(filled(THEIRS, PAGE), read(theirs, 0, PAGE));
                assertEquals(PAGE, pool.usedBytes());
            }
        }
    }

    @Test
    void racingFirstWritesShareOnePage() throws IOException {
        table.meanwhile = () -> write(mine, 512, MINE, 512);
        write(mine, 0, LATER, 512);
        assertArrayEquals(filled(LATER, 512), read(mine, 0, 512));
        assertArrayEquals(filled(MINE, 512), read(mine, 512, 512));
        assertEquals(PAGE, pool.usedBytes());
    }

    @Test
    void lastPageServesTwoFirstWritesThatMeet() throws IOException {
        write(theirs, 0, THEIRS, PAGE);
        table.meanwhile = () -> write(mine, 512, MINE, 512);
        write(mine, 0, LATER, 512);
        assertArrayEquals(filled(LATER, 512), read(mine, 0, 512));
        assertArrayEquals(filled(MINE, 512), read(mine, 512, 512));
    }

    @Test
    void refusedWriteWaitsForThePageOnItsWayToTheTable() throws Exception {
        write(theirs, 0, THEIRS, PAGE);
        FutureTask<byte[]> other = writeAndRead(512);
        table.beforeAddition = () -> startAndAwaitItsWait(other);
        write(mine, 0, LATER, 512);
        assertArrayEquals(filled(MINE, 512), other.get());
        assertArrayEquals(filled(LATER, 512), read(mine, 0, 512));
    }

    @Test
    void refusedWriteTakesThePageThatALostRaceGivesBack() throws Exception {
        FutureTask<byte[]> other = writeAndRead(PAGE);
        table.beforeAddition = () -> {
            write(mine, 512, MINE, 512);
            startAndAwaitItsWait(other);
        };
        write(mine, 0, LATER, 512);
        assertArrayEquals(filled(MINE, 512), other.get());
        assertArrayEquals(filled(LATER, 512), read(mine, 0, 512));
    }

    private FutureTask<byte[]> writeAndRead(long offset) {
        return new FutureTask<>(() -> {
            write(mine, offset, MINE, 512);
            return read(mine, offset, 512);
        });
    }

    private static void startAndAwaitItsWait(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }
}
