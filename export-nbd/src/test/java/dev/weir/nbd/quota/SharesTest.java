package dev.weir.nbd.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final int UNIT = 4096;

    private final Shares shares = new Shares(UNIT);

    private List<Shares.Account> accounts(long total, int members) {
        return accounts(shares, total, members);
    }

    private static List<Shares.Account> accounts(Shares shares, long total, int members) {
        shares.divide(total, members, List.of());
        return Stream.generate(shares::newAccount).limit(members).toList();
    }

    private static void takeAll(Shares.Account account, long amount) {
        boolean more = true;
        while (more) {
            more = account.take(amount);
        }
    }

    /**
     * In any order of calls each member gets its share at once, the sum stays within the total and everything is
     * returned.
     */
    @Property
    void membersGetTheirSharesWithinTheTotal(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int members,
            @ForAll @LongRange(max = 1 << 24) long total) {
        Random random = new Random(seed);
        Shares fresh = new Shares(UNIT);
        List<Shares.Account> all = accounts(fresh, total, members);
        long[] taken = new long[members];
        long sum = 0;
        for (int step = 0; step < 300; step++) {
            int i = random.nextInt(members);
            long amount = random.nextInt(4) == 0 ? taken[i] : (1 + random.nextInt(64)) * (long) UNIT;
            if (random.nextInt(3) > 0) {
                boolean took = all.get(i).take(amount);
                assertTrue(took || taken[i] + amount > fresh.guaranteed(), "within the share");
                taken[i] += took ? amount : 0;
                sum += took ? amount : 0;
            } else if (amount <= taken[i]) {
                all.get(i).give(amount);
                taken[i] -= amount;
                sum -= amount;
            }
            assertTrue(sum <= total, () -> "above the total");
            assertEquals(sum, fresh.used());
        }
        for (int i = 0; i < members; i++) {
            all.get(i).give(taken[i]);
        }
        assertEquals(0, fresh.used());
        long lent = total - members * fresh.guaranteed();
        assertTrue(all.get(0).take(fresh.guaranteed() + lent / 2));
    }

    /** More members make shares smaller. Members return the excess before they can borrow again. */
    @Property
    void excessOverASmallerShareIsBorrowed(@ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int members) {
        Random random = new Random(seed);
        Shares fresh = new Shares(UNIT);
        long total = 1000L * UNIT;
        List<Shares.Account> all = new ArrayList<>(accounts(fresh, total, 1));
        takeAll(all.get(0), UNIT);
        for (int more = 2; more <= members; more++) {
            fresh.divide(total, more, all);
            all.add(fresh.newAccount());
            assertFalse(all.get(0).take(UNIT));
        }
        all.get(0).give(all.get(0).taken() - random.nextInt((int) (fresh.guaranteed() / UNIT) + 1) * (long) UNIT);
        for (Shares.Account account : all) {
            assertTrue(account.take(fresh.guaranteed() - account.taken()));
        }
        assertTrue(fresh.used() <= total);
    }

    @Test
    void greedyMembersBorrowHalfOfTheLentPart() {
        long total = 1200L * UNIT;
        List<Shares.Account> all = accounts(total, 3);
        takeAll(all.get(0), UNIT);
        assertEquals(200 + 300, (double) all.get(0).taken() / UNIT, 1);
        takeAll(all.get(1), UNIT);
        assertEquals(200 + 150, (double) all.get(1).taken() / UNIT, 1);
        assertTrue(all.get(2).take(200L * UNIT));
    }

    @Test
    void aMemberAloneHasAll() {
        Shares.Account alone = accounts(100L * UNIT, 1).get(0);
        assertTrue(alone.take(100L * UNIT));
        assertFalse(alone.take(UNIT));
    }

    @Test
    void returnedMemoryWakesOwnAndOtherWaiters() {
        List<Shares.Account> all = accounts(1000L * UNIT, 2);
        Shares.Account one = all.get(0);
        Shares.Account other = all.get(1);
        List<String> told = new ArrayList<>();
        takeAll(one, UNIT);
        one.await(() -> told.add("own"));
        other.await(() -> told.add("other"));
        assertTrue(shares.isScarce());

        one.give(2L * UNIT);
        assertEquals(List.of("own", "other"), told);
        assertFalse(shares.isScarce());
        Runnable forgotten = () -> told.add("forgotten");
        other.await(forgotten);
        other.forget(forgotten);
        one.give(UNIT);
        assertEquals(2, told.size());
        assertFalse(shares.isScarce());
    }
}
