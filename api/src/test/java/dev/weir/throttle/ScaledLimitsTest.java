package dev.weir.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits for each GiB. */
class ScaledLimitsTest {
    private static final long GIB = 1L << 30;

    private static final Map<String, Long> VOLUME = Map.of(
            "iops", 16_000L, "iops_max", 3_000L, "iops_max_length", 1_800L, "iops_per_gib", 3L, "iops_floor", 100L);

    private static long iops(Map<String, Long> values, long size) {
        return ThrottleLimits.of(values).atSize(size).rate(LimitKey.IOPS);
    }

    private static List<String> faults(Map<String, Long> values) {
        return ThrottleLimits.faults(values).stream().map(LimitFault::toString).toList();
    }

    @Test
    void rateFollowsTheSizeBetweenFloorAndCeiling() {
        assertEquals(100, iops(VOLUME, GIB));
        assertEquals(102, iops(VOLUME, 34 * GIB));
        assertEquals(1_500, iops(VOLUME, 500 * GIB));
        assertEquals(1_500, iops(VOLUME, 501 * GIB - GIB + GIB / 3 - 1));
        assertEquals(1_501, iops(VOLUME, 500 * GIB + GIB / 3 + 1));
        assertEquals(16_000, iops(VOLUME, 16_384 * GIB));
        assertEquals(16_000, iops(VOLUME, Long.MAX_VALUE));
    }

    @Test
    void scaledRateIsNeverNoLimit() {
        Map<String, Long> values = Map.of("iops_per_gib", 3L, "bps_per_gib", ThrottleLimits.MAX_VALUE);
        assertEquals(1, iops(values, 0));
        assertEquals(1, iops(values, 512));
        assertFalse(ThrottleLimits.of(values).isEmpty());
        assertEquals(
                ThrottleLimits.MAX_VALUE,
                ThrottleLimits.of(values).atSize(Long.MAX_VALUE).rate(LimitKey.BPS));
        assertEquals(
                ThrottleLimits.MAX_VALUE, ThrottleLimits.of(values).atSize(-1).rate(LimitKey.BPS));
    }

    @Test
    void meteredRateOfAHugeDriveFitsALong() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops_per_gib", 1_000L, "iops_size", 1L << 40))
                .atSize(Long.MAX_VALUE);
        assertTrue(limits.meteredRate(LimitKey.IOPS, limits.rate(LimitKey.IOPS)) > 0);
    }

    @Test
    void burstEndsWhereTheRateReachesIt() {
        ThrottleLimits small = ThrottleLimits.of(VOLUME).atSize(500 * GIB);
        assertEquals(3_000, small.max(LimitKey.IOPS));
        assertEquals(1_800, small.maxLengthSeconds(LimitKey.IOPS));
        ThrottleLimits large = ThrottleLimits.of(VOLUME).atSize(1_000 * GIB);
        assertEquals(3_000, large.rate(LimitKey.IOPS));
        assertEquals(0, large.max(LimitKey.IOPS));
        assertEquals(1, large.maxLengthSeconds(LimitKey.IOPS));
    }

    @Test
    void valuesAsSetAreKeptAtEverySize() {
        ThrottleLimits limits = ThrottleLimits.of(VOLUME);
        assertEquals(VOLUME, limits.atSize(5_000 * GIB).toMap());
        assertEquals(limits.atSize(7), limits.atSize(9));
        assertNotEquals(limits.atSize(GIB), limits.atSize(500 * GIB));
        assertEquals(
                limits.atSize(500 * GIB),
                ThrottleLimits.of(limits.atSize(GIB).toMap()).atSize(500 * GIB));
        ThrottleLimits plain = ThrottleLimits.of(Map.of("iops", 5L));
        assertEquals(plain, plain.atSize(GIB));
    }

    @Test
    void contradictionsAreFaults() {
        assertEquals(
                List.of("iops_floor = 5: needs iops_per_gib beside it"), faults(Map.of("iops", 9L, "iops_floor", 5L)));
        assertEquals(
                List.of("bps_floor = 5: must not be above bps = 4"),
                faults(Map.of("bps", 4L, "bps_per_gib", 1L, "bps_floor", 5L)));
        assertEquals(
                List.of("iops_max = 50: must not be below iops_floor = 100"),
                faults(Map.of("iops_max", 50L, "iops_per_gib", 3L, "iops_floor", 100L)));
        assertEquals(List.of("iops_rd_per_gib = 5: is not a limit"), faults(Map.of("iops_rd_per_gib", 5L)));
        assertEquals(List.of(), faults(Map.of("iops_per_gib", 3L, "iops_size", 4096L)));
    }

    @Test
    void unknownSizeWarnsOfNoLongWait() {
        assertEquals(
                List.of(), ThrottleLimits.of(Map.of("bps_per_gib", 1_000_000L)).longWaits());
        assertEquals(
                1,
                ThrottleLimits.of(Map.of("bps_per_gib", 1_000_000L, "bps_floor", 5L))
                        .longWaits()
                        .size());
    }
}
