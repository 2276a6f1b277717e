package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TransferPoolTest {
    private static final long TOTAL = 96;

    private final TransferPool pool = new TransferPool();
    private final List<Transfer> granted = new ArrayList<>();

    TransferPoolTest() {
        pool.total(TOTAL, 0);
    }

    /** A request that waits for its memory. */
    private record Transfer(TransferPool.Account account, long transferBytes, List<Transfer> grants)
            implements TransferPool.Waiter {
        @Override
        public void granted() {
            grants.add(this);
        }
    }

    /** Clients of few drives that read nothing must not stop the small requests of all others. */
    @Test
    void smallFirstRequestsHaveAReserve() {
        TransferPool reserved = new TransferPool();
        reserved.total(64 * TOTAL, 2 * TOTAL);
        for (int i = 0; i < 3; i++) {
            TransferPool.Account stalled = new TransferPool.Account();
            assertTrue(reserved.take(stalled, 64 * TOTAL / 3));
            assertFalse(reserved.take(stalled, 1));
            reserved.withdraw(stalled, waiter -> true);
        }
        TransferPool.Account large = new TransferPool.Account();
        reserved.await(large, new Transfer(large, TOTAL + 1, granted));
        for (int i = 0; i < 2; i++) {
            TransferPool.Account small = new TransferPool.Account();
            reserved.await(small, new Transfer(small, TOTAL, granted));
        }
        TransferPool.Account late = new TransferPool.Account();
        reserved.await(late, new Transfer(late, TOTAL, granted));
        assertEquals(2, granted.size());
        assertTrue(granted.stream().allMatch(transfer -> transfer.transferBytes() == TOTAL));
    }

    /** A turn must not take longer the more drives wait: it runs on event loops, under the lock of all. */
    @Test
    void aReturnTriesFewOfManyWaitingDrives() {
        TransferPool.Account holder = new TransferPool.Account();
        assertTrue(pool.take(holder, TOTAL));
        long[] asked = {0};
        for (int i = 0; i < 10_000; i++) {
            pool.await(new TransferPool.Account(), new TransferPool.Waiter() {
                @Override
                public long transferBytes() {
                    asked[0]++;
                    return TOTAL;
                }

                @Override
                public void granted() {
                    throw new AssertionError("it does not fit");
                }
            });
        }
        asked[0] = 0;
        pool.give(holder, 1);
        assertTrue(asked[0] <= 100, () -> "asked " + asked[0] + " drives");
    }

    /**
     * In any order of requests the sum stays within the total. Every waiter gets its memory once as transfers end.
     */
    @Property
    void everyWaiterIsServedWithinTheTotal(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int drives) {
        Random random = new Random(seed);
        TransferPool fresh = new TransferPool();
        fresh.total(TOTAL, 0);
        List<Transfer> grants = new ArrayList<>();
        Deque<Transfer> moving = new ArrayDeque<>();
        List<TransferPool.Account> accounts =
                Stream.generate(TransferPool.Account::new).limit(drives).toList();
        int asked = 0;
        int direct = 0;
        for (int step = 0; step < 200; step++) {
            if (random.nextBoolean()) {
                TransferPool.Account account = accounts.get(random.nextInt(drives));
                Transfer transfer = new Transfer(account, 1 + random.nextInt((int) TOTAL), grants);
                asked++;
                if (fresh.take(account, transfer.transferBytes())) {
                    direct++;
                    moving.add(transfer);
                } else {
                    fresh.await(account, transfer);
                }
            } else if (!moving.isEmpty()) {
                end(fresh, moving.remove());
            }
            direct += take(grants, moving);
            long sum = moving.stream().mapToLong(Transfer::transferBytes).sum();
            assertEquals(sum, fresh.used());
            assertTrue(sum <= TOTAL, () -> sum + " of " + TOTAL);
        }
        while (!moving.isEmpty()) {
            end(fresh, moving.remove());
            direct += take(grants, moving);
        }
        assertEquals(asked, direct);
        assertEquals(0, fresh.used());
        assertFalse(fresh.isScarce());
    }

    private static int take(List<Transfer> grants, Deque<Transfer> moving) {
        int count = grants.size();
        moving.addAll(grants);
        grants.clear();
        return count;
    }

    private static void end(TransferPool pool, Transfer transfer) {
        pool.give(transfer.account(), transfer.transferBytes());
    }

    private boolean take(TransferPool.Account account, long bytes) {
        return pool.take(account, bytes);
    }

    @Test
    void greedyDrivesLeaveRoomForTheLongestRequest() {
        for (int greedy = 0; greedy < 2; greedy++) {
            TransferPool.Account account = new TransferPool.Account();
            boolean more = true;
            while (more) {
                more = take(account, 1);
            }
        }
        assertTrue(take(new TransferPool.Account(), TOTAL / 3));
    }

    @Test
    void drivesThatHaveNothingAreServedFirst() {
        TransferPool.Account busy = new TransferPool.Account();
        TransferPool.Account idle = new TransferPool.Account();
        assertTrue(take(busy, 40));
        pool.await(busy, new Transfer(busy, 20, granted));
        pool.await(idle, new Transfer(idle, 60, granted));
        assertEquals(0, granted.size());
        assertFalse(take(new TransferPool.Account(), 1));

        pool.give(busy, 5);
        assertEquals(List.of(idle), granted.stream().map(Transfer::account).toList());
        pool.give(busy, 35);
        assertEquals(2, granted.size());
        assertFalse(pool.isScarce());
    }

    @Test
    void whatIsWithdrawnIsNotGranted() {
        TransferPool.Account account = new TransferPool.Account();
        assertTrue(take(account, TOTAL));
        Transfer leaves = new Transfer(account, 1, granted);
        Transfer stays = new Transfer(account, 2, granted);
        pool.await(account, leaves);
        pool.await(account, stays);

        assertEquals(List.of(leaves), pool.withdraw(account, waiter -> waiter.transferBytes() == 1));
        pool.give(account, TOTAL);
        assertEquals(List.of(stays), granted);
    }

    @Test
    void longRequestIsNotOvertakenForEver() {
        List<TransferPool.Account> others =
                Stream.generate(TransferPool.Account::new).limit(3).toList();
        others.forEach(other -> assertTrue(take(other, 20)));
        Transfer longest = new Transfer(new TransferPool.Account(), 60, granted);
        pool.await(longest.account(), longest);
        int overtaking = 0;
        for (int i = 0; i < 100 && !granted.contains(longest); i++) {
            TransferPool.Account other = others.get(i % others.size());
            pool.await(other, new Transfer(other, 20, granted));
            overtaking = granted.size();
            pool.give(other, 20);
        }
        assertTrue(granted.contains(longest));
        assertEquals(16, overtaking);
    }

    @Test
    void smallRequestOvertakesLongOne() {
        TransferPool.Account busy = new TransferPool.Account();
        assertTrue(take(busy, 95));
        TransferPool.Account patient = new TransferPool.Account();
        pool.await(patient, new Transfer(patient, 60, granted));
        for (int i = 1; i <= 100; i++) {
            TransferPool.Account small = new TransferPool.Account();
            pool.await(small, new Transfer(small, 1, granted));
            assertEquals(i, granted.size());
            pool.give(small, 1);
        }
    }
}
