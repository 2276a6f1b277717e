package dev.weir.backend.memory;

import static dev.weir.backend.memory.MemoryBackendTest.filled;
import static dev.weir.backend.memory.MemoryBackendTest.read;
import static dev.weir.backend.memory.MemoryBackendTest.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.ExtentVisitor;
import dev.weir.block.Loan;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The counted memory is all memory in use, and a drive uses little more than its size. */
class LoanBoundTest {
    private static final int PAGE = Page.BYTES;
    private static final int DRIVE_PAGES = 2 * DetachedPages.MAX;

    private final PagePool pool = new PagePool(16L * DRIVE_PAGES * PAGE);

    /** A drive and a client that reads and takes its replies at will. */
    private static final class Client {
        private final MemoryBackend drive;
        private final Deque<Loan> untaken = new ArrayDeque<>();

        Client(PagePool pool) {
            drive = new MemoryBackend((long) DRIVE_PAGES * PAGE, pool);
        }

        void readPartOfEachPage() {
            for (int page = 0; page < DRIVE_PAGES; page++) {
                drive.lend((long) page * PAGE, 8192, untaken::add);
            }
        }

        void takeReplies() {
            untaken.forEach(Loan::giveBack);
            untaken.clear();
        }

        /** Returns the number of pages in the table plus detached pages. */
        long counted() {
            long[] data = new long[1];
            ExtentVisitor count = (length, hole) -> {
                data[0] += hole ? 0 : length;
                return true;
            };
            drive.blockStatus(0, drive.size(), count);
            return data[0] + (long) drive.detachedPages() * PAGE;
        }
    }

    @Test
    void readingAndTrimmingClientHoldsLittle() throws IOException {
        Client client = new Client(pool);
        for (int round = 0; round < 5; round++) {
            write(client.drive, 0, 1, DRIVE_PAGES * PAGE);
            client.readPartOfEachPage();
            client.drive.trim(0, client.drive.size());
            assertTrue(
                    pool.usedBytes() <= (long) (DRIVE_PAGES + DetachedPages.MAX) * PAGE, pool.usedBytes() + " bytes");
        }
        assertEquals(client.counted(), pool.usedBytes());
        client.takeReplies();
        client.drive.trim(0, client.drive.size());
        assertEquals(0, pool.usedBytes());
    }

    @Test
    void aTrimmedPageThatStaysReadsAsZeroes() throws IOException {
        Client client = new Client(pool);
        write(client.drive, 0, 1, DRIVE_PAGES * PAGE);
        client.readPartOfEachPage();
        client.drive.trim(0, client.drive.size());
        assertEquals(DetachedPages.MAX, client.drive.detachedPages());
        assertArrayEquals(new byte[DRIVE_PAGES * PAGE], read(client.drive, 0, DRIVE_PAGES * PAGE));
        write(client.drive, 7, 3, PAGE);
        assertArrayEquals(filled(3, PAGE), read(client.drive, 7, PAGE));
        client.takeReplies();
    }

    @Test
    void aClosedDriveHoldsOnlyWhatIsOnLoan() throws IOException {
        Client client = new Client(pool);
        write(client.drive, 0, 1, DRIVE_PAGES * PAGE);
        client.readPartOfEachPage();
        client.untaken.removeLast().giveBack();
        client.drive.close();
        assertEquals((long) (DRIVE_PAGES - 1) * PAGE, pool.usedBytes());
        client.takeReplies();
        assertEquals(0, pool.usedBytes());
        assertEquals(0, pool.reservedBytes());
    }

    @Property(tries = 200)
    void whatIsHeldIsWhatIsCounted(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        PagePool shared = new PagePool(8L * DRIVE_PAGES * PAGE);
        List<Client> clients = new ArrayList<>(List.of(new Client(shared), new Client(shared), new Client(shared)));
        for (int step = 0; step < 60; step++) {
            step(clients.get(random.nextInt(clients.size())), random);
            long counted = 0;
            for (Client client : clients) {
                assertTrue(client.drive.detachedPages() <= DetachedPages.MAX, "seed " + seed);
                counted += client.counted();
            }
            assertEquals(counted, shared.usedBytes(), "seed " + seed + ", step " + step);
        }
        clients.forEach(Client::takeReplies);
        clients.forEach(client -> client.drive.close());
        assertEquals(0, shared.usedBytes(), "seed " + seed);
    }

    private static void step(Client client, Random random) throws IOException {
        long offset = random.nextInt(DRIVE_PAGES * PAGE / 2);
        int length = 1 + random.nextInt(DRIVE_PAGES * PAGE / 2);
        switch (random.nextInt(6)) {
            case 0, 1 -> write(client.drive, offset, 1, length);
            case 2 -> client.drive.lend(offset, length, client.untaken::add);
            case 3 -> client.drive.trim(offset, length);
            case 4 -> client.drive.writeZeroes(offset, length, random.nextBoolean());
            default -> {
                for (int i = random.nextInt(client.untaken.size() + 1); i > 0; i--) {
                    (random.nextBoolean() ? client.untaken.removeFirst() : client.untaken.removeLast()).giveBack();
                }
            }
        }
    }
}
