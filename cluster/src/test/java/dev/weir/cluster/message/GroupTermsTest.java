package dev.weir.cluster.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupTermsTest {
    private static final int RUNS = 20_000;

    private static GroupTerms terms(Map<String, Long> limits) {
        return GroupTerms.of(1, ThrottleLimits.of(limits));
    }

    @Test
    void sizeOfRequestsChangesLikeALimit() {
        GroupTerms terms = terms(Map.of("iops", 500L, "bps", 900L));
        GroupTerms sized = terms.changed(Map.of("iops_size", 4_096L), false, 2);
        assertEquals(
                Map.of("bps", 900L, "iops", 500L, "iops_size", 4_096L),
                sized.limits().toMap());
        assertEquals(
                terms.limits(), sized.changed(Map.of("iops_size", 0L), false, 3).limits());
        // another host may have set the size that the host of this change does not know yet
        GroupTerms bytes = sized.changed(Map.of("iops", 0L), false, 3);
        assertEquals(Map.of("bps", 900L), bytes.limits().toMap());
        assertThrows(IllegalArgumentException.class, () -> bytes.changed(Map.of("iops_size", 512L), false, 4));
    }

    @Test
    void lowerSizeOfRequestsCountsIfHostsDisagree() {
        GroupTerms large = terms(Map.of("iops", 500L, "iops_size", 8_192L));
        GroupTerms small = terms(Map.of("iops", 400L, "iops_size", 4_096L));
        assertEquals(4_096, large.lower(small).iopsSize());
        assertEquals(8_192, large.lower(terms(Map.of("iops", 900L))).iopsSize());
    }

    private static long random(Random random, long most) {
        return (long) Math.pow(10, random.nextDouble() * Math.log10(most));
    }

    private static Map<String, Long> limits(Random random) {
        Map<String, Long> limits = new LinkedHashMap<>();
        for (LimitKey key : LimitKey.ALL) {
            if (random.nextBoolean()) {
                long rate = random(random, ThrottleLimits.MAX_VALUE);
                limits.put(key.key(), rate);
                if (random.nextBoolean()) {
                    limits.put(key.key() + "_max", Math.max(rate, random(random, ThrottleLimits.MAX_VALUE)));
                    limits.put(key.key() + "_max_length", random(random, ThrottleLimits.MAX_VALUE));
                }
            }
        }
        if (random.nextBoolean()) {
            limits.put(ThrottleLimits.IOPS_SIZE, random(random, ThrottleLimits.MAX_VALUE));
        }
        return limits;
    }

    /** The limits of hosts that disagree are used by each of them. */
    @Test
    void lowerLimitsOfTwoHostsAreValid() {
        Random random = new Random(1);
        int pairs = 0;
        GroupTerms last = terms(Map.of());
        for (int i = 0; i < RUNS; i++) {
            Map<String, Long> limits = limits(random);
            if (ThrottleLimits.faults(limits).isEmpty()) {
                GroupTerms terms = terms(limits);
                GroupTerms both = terms.lower(last);
                assertTrue(both.isValid(), both::toString);
                ThrottleLimits lower = both.limits();
                for (LimitKey key : LimitKey.ALL) {
                    assertEquals(both.rate().get(key), lower.rate(key));
                }
                last = terms;
                pairs++;
            }
        }
        int all = pairs;
        assertTrue(all > RUNS / 100, () -> all + " pairs");
    }

    /** A message may have any values. */
    @Test
    void validTermsHaveLimits() {
        Random random = new Random(2);
        int valid = 0;
        for (int i = 0; i < RUNS; i++) {
            LimitKey some = LimitKey.ALL.get(random.nextInt(LimitKey.ALL.size()));
            long[] values = random.longs(4, 0, 4)
                    .map(digits -> digits == 0 ? 0 : random(random, Long.MAX_VALUE))
                    .toArray();
            GroupTerms terms = new GroupTerms(
                    values[0] / 2,
                    false,
                    Rates.of(key -> key == some ? values[0] : 0),
                    Rates.of(key -> key == some ? values[1] : 0),
                    Rates.of(key -> key == some ? values[2] : 0),
                    values[3]);
            if (terms.isValid()) {
                valid++;
                terms.limits();
            }
        }
        int all = valid;
        assertTrue(all > RUNS / 100 && all < RUNS / 2, () -> all + " valid");
        assertFalse(new GroupTerms(GroupTerms.VERSION_END, false, Rates.NONE, Rates.NONE, Rates.NONE).isValid());
    }
}
