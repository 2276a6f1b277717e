package dev.weir.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThrottleLimitsTest {

    private static List<String> faults(Map<String, Long> values) {
        return ThrottleLimits.faults(values).stream().map(LimitFault::toString).toList();
    }

    @Test
    void absentAndZeroMeanNoLimit() {
        assertTrue(ThrottleLimits.of(Map.of("bps", 0L, "iops_max", 0L)).isEmpty());
        assertEquals(ThrottleLimits.NONE, ThrottleLimits.of(Map.of()));
    }

    @Test
    void totalCombinesWithReadAndWriteLimits() {
        assertEquals(List.of(), faults(Map.of("bps", 3L, "bps_rd", 2L, "bps_wr", 2L, "iops", 9L, "iops_rd", 1L)));
    }

    @Test
    void everyRuleNamesKeyAndValue() {
        assertEquals(List.of("bps = -5: must be 0 (no limit) or more"), faults(Map.of("bps", -5L)));
        assertEquals(
                List.of("iops = 1000000000000001: must be at most 1000000000000000"),
                faults(Map.of("iops", ThrottleLimits.MAX_VALUE + 1)));
        assertEquals(List.of("bps_max = 5: needs bps beside it"), faults(Map.of("bps_max", 5L)));
        assertEquals(
                List.of("bps_rd_max = 5: must not be below bps_rd = 6"),
                faults(Map.of("bps_rd", 6L, "bps_rd_max", 5L)));
        assertEquals(
                List.of("iops_max_length = 3: needs iops_max beside it"),
                faults(Map.of("iops", 6L, "iops_max_length", 3L)));
        assertEquals(
                List.of("iops_max_length = 0: must be 1 second or more"),
                faults(Map.of("iops", 6L, "iops_max", 7L, "iops_max_length", 0L)));
        assertEquals(
                List.of("iops_size = 4096: needs iops, iops_rd or iops_wr beside it"),
                faults(Map.of("bps", 6L, "iops_size", 4096L)));
        assertEquals(List.of("bsp = 6: is not a limit"), faults(Map.of("bsp", 6L)));
    }

    @Test
    void overflowingLimitsAreRefusedUnchanged() {
        assertEquals(
                List.of("bps_max = 1000000000000000: for 1 s holds more than 73 years of bps = 1"),
                faults(Map.of("bps", 1L, "bps_max", ThrottleLimits.MAX_VALUE)));
        assertEquals(List.of(), faults(Map.of("bps", 1_000_000L, "bps_max", ThrottleLimits.MAX_VALUE)));
        assertEquals(
                List.of("iops_size = 65536: times iops must be at most 4000000000000000000"),
                faults(Map.of("iops", ThrottleLimits.MAX_VALUE, "iops_size", 65_536L)));
    }

    @Test
    void allFaultsAreReportedTogether() {
        assertEquals(
                List.of(
                        "bps = -1: must be 0 (no limit) or more",
                        "iops_wr = -2: must be 0 (no limit) or more",
                        "iops_rd_max = 4: needs iops_rd beside it"),
                faults(Map.of("iops_rd_max", 4L, "bps", -1L, "iops_wr", -2L)));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> ThrottleLimits.of(Map.of("bps", -1L, "iops", -2L)));
        assertEquals(
                "bps = -1: must be 0 (no limit) or more; iops = -2: must be 0 (no limit) or more",
                refusal.getMessage());
    }

    @Test
    void mapKeepsKeyOrder() {
        Map<String, Long> values = new LinkedHashMap<>();
        values.put("bps_wr", 5L);
        values.put("bps_wr_max", 50L);
        values.put("bps_wr_max_length", 30L);
        values.put("iops", 7L);
        values.put("iops_size", 4096L);
        ThrottleLimits limits = ThrottleLimits.of(values);
        assertEquals(List.copyOf(values.entrySet()), List.copyOf(limits.toMap().entrySet()));
        assertEquals(limits, ThrottleLimits.of(limits.toMap()));
    }

    @Test
    void largeRequestsCountInFractionsOfIopsSize() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 100L, "iops_size", 4096L, "bps", 9L));
        assertEquals(4096, limits.meteredUnits(LimitKey.IOPS, 512));
        assertEquals(6144, limits.meteredUnits(LimitKey.IOPS, 6144));
        assertEquals(409_600, limits.meteredRate(LimitKey.IOPS, limits.rate(LimitKey.IOPS)));
        assertEquals(512, limits.meteredUnits(LimitKey.BPS, 512));
        assertEquals(9, limits.meteredRate(LimitKey.BPS, limits.rate(LimitKey.BPS)));
    }
}
