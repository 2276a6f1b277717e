package dev.weir.drive.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    @Test
    void driveRoundTripsThroughProperties() {
        DriveSettings settings = DriveSettings.builder("vm1", "file")
                .options(Map.of("path", "/disks/vm1.img", "size", 1L << 30, "create", true))
                .readOnly(true)
                .policy("slice")
                .group("tenant-a")
                .limits(ThrottleLimits.of(Map.of("bps", 10L << 20, "iops", 500L)))
                .description("for Alice")
                .clients(List.of("alice", "CN=bob"))
                .charging(new Charging(true, 20))
                .filters(List.of(
                        new FilterSettings("trace", Map.of("slower-than", 5L)),
                        new FilterSettings("faults", Map.of()),
                        new FilterSettings("trace", Map.of("slower-than", 7L))))
                .share(new Share(5, 6, 7))
                .build();
        assertEquals(settings, DriveSettings.of(settings.toProperties()));
    }

    @Test
    void groupRoundTripsThroughProperties() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 2_000L));
        GroupSettings settings = new GroupSettings("tenant-a", "bucket", limits, "host", new Share(2, 3, 4));
        assertEquals(settings, GroupSettings.of(settings.toProperties()));
    }

    @Test
    void missingKeysHaveDefaults() {
        DriveSettings settings = DriveSettings.of(Map.of("weir.drive.name", "vm1", "backend.type", "memory"));
        assertEquals(DriveSettings.builder("vm1", "memory").build(), settings);
    }

    @Test
    void missingOrMistypedKeyIsNamed() {
        assertEquals("weir.drive.name: must be set", refusal(Map.of("backend.type", "memory")));
        assertEquals("backend.type: must be set", refusal(Map.of("weir.drive.name", "vm1")));
        assertEquals(
                "limits.bps = much: must be a number",
                refusal(Map.of("weir.drive.name", "vm1", "backend.type", "memory", "limits.bps", "much")));
    }

    private static String refusal(Map<String, Object> properties) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> DriveSettings.of(properties))
                .getMessage());
    }
}
