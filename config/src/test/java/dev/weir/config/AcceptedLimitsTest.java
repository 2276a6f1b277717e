package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcceptedLimitsTest {
    private static final String DRIVE =
            "weir.drives.a { backend { type = memory, size = 1M }, policy = slice, limits { bps = 1M %s } }";

    @Test
    void otherLimitsAreAskedFor(@TempDir Path temporary) {
        ConfigFolder folder = new ConfigFolder(temporary);
        assertEquals(List.of(), folder.read(DRIVE.formatted("")).faults());
        List<String> burst = folder.read(DRIVE.formatted(", bps_max = 2M")).faults();
        assertEquals(List.of("weir.conf:1: drives.a.limits.bps_max = 2M: policy slice has no bursts"), burst);
        assertEquals(burst, folder.read(DRIVE.formatted(", bps_max = 2M")).faults());
    }
}
