package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.protocol.ReplyWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static final long MIB = 1 << 20;

    private final Budget budget = new Budget();

    /** The four parts stay within any configured total and the longest request has room. */
    @Property
    void partsStayWithinTheTotal(
            @ForAll @LongRange(min = 64 * MIB, max = 1L << 40) long total,
            @ForAll @IntRange(min = 1, max = 1_000_000) int connections,
            @ForAll @IntRange(max = 10_000) int drives) {
        Budget fresh = new Budget();
        int fitting = Math.min(connections, Budget.maxConnections(total));
        fresh.divide(total, fitting, drives, List.of());
        DriveAccount account = fresh.newAccount(new Shares(1), new Shares(1));
        long sum = fitting * Budget.CONNECTION_BYTES + fresh.transfers().total() + total / 32;
        while (fresh.take(account, Budget.MIN_COST, Math.max(Budget.MIN_COST, total / 1024))) {
            // until the share and the lent part are used up
        }
        sum += fresh.used();
        while (fresh.hasRoomToKeep(total / 512)) {
            fresh.keep(total / 512);
            sum += total / 512;
        }
        assertTrue(sum <= total, sum + " of " + total);
        assertTrue(fresh.transfers().total() >= 32 * MIB);
    }

    /** In any order of calls the count is the held memory, which stays within the total. */
    @Property(tries = 200)
    void countIsTheHeldMemoryInAnyOrder(
            @ForAll long seed,
            @ForAll @LongRange(min = 64 * MIB, max = 1024 * MIB) long total,
            @ForAll @IntRange(min = 1, max = 40) int connections,
            @ForAll @IntRange(min = 1, max = 6) int drives) {
        Random random = new Random(seed);
        Budget fresh = new Budget();
        List<DriveAccount> accounts = new ArrayList<>();
        fresh.divide(total, connections, drives, accounts);
        for (int i = 0; i < drives; i++) {
            accounts.add(fresh.newAccount(new Shares(1), new Shares(1)));
        }
        List<Deque<Long>> queued = new ArrayList<>();
        List<Deque<Long>> moving = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            queued.add(new ArrayDeque<>());
            moving.add(new ArrayDeque<>());
        }
        Deque<Long> kept = new ArrayDeque<>();
        long held = 0;
        for (int step = 0; step < 400; step++) {
            int connection = random.nextInt(connections);
            DriveAccount account = accounts.get(connection % drives);
            long cost = Budget.cost(1L << random.nextInt(26));
            Deque<Long> requests = queued.get(connection);
            Deque<Long> transfers = moving.get(connection);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> held += add(fresh.take(account, sum(requests), cost), requests, cost);
                case 3, 4 -> held += add(fresh.transfers().take(account.transfers, cost), transfers, cost);
                case 5 -> {
                    if (!requests.isEmpty()) {
                        long own = sum(requests);
                        long done = requests.remove();
                        fresh.give(account, own, done);
                        held -= done;
                    }
                }
                case 6 -> {
                    if (!transfers.isEmpty()) {
                        long done = transfers.remove();
                        fresh.transfers().give(account.transfers, done);
                        held -= done;
                    }
                }
                default -> {
                    if (fresh.hasRoomToKeep(cost)) {
                        fresh.keep(cost);
                        held += add(true, kept, cost);
                    } else if (!kept.isEmpty()) {
                        long released = kept.remove();
                        fresh.keep(-released);
                        held -= released;
                    }
                }
            }
            assertEquals(held, fresh.used());
            assertTrue(held <= total, held + " of " + total);
        }
    }

    private static long add(boolean isTaken, Deque<Long> to, long cost) {
        if (isTaken) {
            to.add(cost);
        }
        return isTaken ? cost : 0;
    }

    private static long sum(Deque<Long> costs) {
        return costs.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void answersOfAHandshakeAreCounted() {
        budget.divide(64 * MIB, 1, 1, List.of());
        budget.answer(5000);
        assertEquals(5000, budget.used());
        budget.answer(-5000);
        assertEquals(0, budget.used());
    }

    @Test
    void nextRequestOfAConnectionHasRoom() {
        budget.divide(64 * MIB, 4, 2, List.of());
        DriveAccount account = budget.newAccount(new Shares(1), new Shares(1));
        long own = 0;
        while (budget.take(account, own, Budget.MIN_COST)) {
            own += Budget.MIN_COST;
        }

        assertTrue(budget.take(account, 0, Budget.MIN_COST));
        assertFalse(budget.take(account, 0, 2 * Budget.MIN_COST));
        budget.give(account, Budget.MIN_COST, Budget.MIN_COST);
        budget.give(account, own, own);
        assertEquals(0, budget.used());
        assertTrue(account.isUnused());
    }

    @Test
    void requestCostsTheSizeOfItsBuffer() {
        assertEquals(4096, Budget.cost(0));
        assertEquals(4096, Budget.cost(4096));
        assertEquals(8192, Budget.cost(4097));
        assertEquals(8192, Budget.cost(8192));
        assertEquals(32 * MIB, Budget.cost(17 * MIB));
        BufferPool pool = new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES);
        for (int bytes = 1; bytes < 2 * MIB; bytes = 2 * bytes + 13) {
            int capacity = pool.take(bytes + ReplyWriter.MAX_DATA_HEADER_BYTES).capacity();
            assertEquals(Budget.cost(bytes) + ReplyWriter.MAX_DATA_HEADER_BYTES, capacity);
        }
    }

    @Test
    void inputIsKeptOnlyWhileNoRequestWaits() {
        budget.divide(64 * MIB, 1, 1, List.of());
        assertTrue(budget.hasRoomToKeep(4 * MIB));
        assertFalse(budget.hasRoomToKeep(4 * MIB + 1));
        budget.keep(4096);
        assertFalse(budget.hasRoomToKeep(4 * MIB));
        budget.newAccount(new Shares(1), new Shares(1)).queued.await(() -> {});
        assertFalse(budget.hasRoomToKeep(1));
    }
}
