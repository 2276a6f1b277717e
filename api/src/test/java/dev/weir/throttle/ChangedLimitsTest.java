package dev.weir.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Live changes of limits: 0 lifts a limit, and a limit that is set again has the burst that it had. */
class ChangedLimitsTest {
    private static final Map<String, Long> BURST = Map.of("iops", 50L, "iops_max", 100L, "iops_max_length", 30L);

    private static final ThrottleLimits CONFIGURED = ThrottleLimits.of(BURST);

    private ThrottleLimits now = CONFIGURED;

    private Map<String, Long> change(String... words) {
        Map<String, Long> settings = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            settings.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
        }
        now = now.changed(settings, CONFIGURED);
        return now.toMap();
    }

    @Test
    void zeroRemovesLimitAndBurst() {
        assertEquals(Map.of(), change("iops=0"));
        assertEquals(BURST, change("iops=50"));
    }

    @Test
    void removedBurstStaysRemoved() {
        assertEquals(Map.of("iops", 50L), change("iops_max=0"));
        change("iops=0");
        assertEquals(Map.of("iops", 50L), change("iops=50"));
    }

    @Test
    void burstRemovedWithItsLimitStaysRemoved() {
        change("iops=0", "iops_max=0");
        assertEquals(Map.of("iops", 50L), change("iops=50"));
    }

    @Test
    void changedBurstReturnsAsChanged() {
        change("iops_max=80");
        change("iops=0");
        assertEquals(Map.of("iops", 60L, "iops_max", 80L, "iops_max_length", 30L), change("iops=60"));
    }

    @Test
    void sizeAndOtherLimitsKeepTheMemory() {
        change("iops_max=0");
        change("iops=0", "bps=10");
        now = now.atSize(1L << 30);
        change("bps=20");
        assertEquals(Map.of("iops", 50L, "bps", 20L), change("iops=50"));
    }

    @Test
    void burstBelowTheNewRateStaysAway() {
        change("iops=0");
        assertEquals(Map.of("iops", 200L), change("iops=200"));
        assertEquals(Map.of("iops", 50L), change("iops=50"));
    }

    @Test
    void burstOfTheConfigurationIsTheDefault() {
        now = ThrottleLimits.NONE;
        assertEquals(BURST, change("iops=50"));
    }

    @Test
    void requestSizeGoesAndReturnsWithItsLimit() {
        now = ThrottleLimits.of(Map.of("iops", 50L, "iops_size", 4096L));
        assertEquals(Map.of(), change("iops=0"));
        assertEquals(Map.of("iops_rd", 7L, "iops_size", 4096L), change("iops_rd=7"));
        change("iops_size=0");
        change("iops_rd=0");
        assertEquals(Map.of("iops_rd", 7L), change("iops_rd=7"));
    }

    @Test
    void liftedScaledLimitTakesItsBurstAlong() {
        now = ThrottleLimits.of(Map.of("bps_per_gib", 5L, "bps_floor", 3L, "bps_max", 90L));
        assertEquals(Map.of(), change("bps_per_gib=0"));
        assertEquals(Map.of("bps_per_gib", 5L, "bps_max", 90L), change("bps_per_gib=5"));
    }

    @Test
    void ceilingOfAScaledLimitBecomesTheLimit() {
        now = ThrottleLimits.of(Map.of("bps", 80L, "bps_per_gib", 5L, "bps_max", 90L));
        assertEquals(Map.of("bps", 80L, "bps_max", 90L), change("bps_per_gib=0"));
    }

    @Test
    void burstWithoutItsLimitIsRefused() {
        change("iops=0");
        assertThrows(IllegalArgumentException.class, () -> change("iops_max=100"));
    }
}
