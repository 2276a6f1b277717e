package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.Fault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfilesTest {
    private static final long GIB = 1L << 30;

    private final ConfigFolder folder;

    ProfilesTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String text, String... options) {
        folder.write("weir.conf", text);
        return ConfigurationReader.read(
                folder.inputs(List.of(options), List.of()), TestTypes.ALL, Running.NONE, new PipeText());
    }

    private Reading drive(String settings) {
        return read("weir.drives.a { backend { type = memory, size = 1GiB }, " + settings + " }");
    }

    private static ThrottleLimits limits(Reading reading) {
        assertEquals(List.of(), reading.faults());
        return reading.drives().get(0).limits();
    }

    private static Set<String> shipped() throws Exception {
        try (Reader reader = new InputStreamReader(
                Objects.requireNonNull(Profiles.class.getResourceAsStream("profiles.conf")), StandardCharsets.UTF_8)) {
            return ConfigFactory.parseReader(reader).getObject("profiles").keySet();
        }
    }

    @Test
    void everyShippedProfileHasLimitsAndLatencies() throws Exception {
        assertTrue(shipped()
                .containsAll(List.of(
                        "ebs-gp2",
                        "ebs-gp3",
                        "ebs-io2",
                        "azure-p10",
                        "azure-p30",
                        "pd-balanced",
                        "pd-ssd",
                        "hdd-7200",
                        "sata-ssd",
                        "nvme",
                        "sd-card",
                        "usb-stick")));
        for (String name : shipped()) {
            Reading reading = drive("profile = " + name);
            assertTrue(!limits(reading).isEmpty(), name);
            assertTrue(
                    reading.drives().get(0).faults().faults().stream().anyMatch(fault -> fault.latency() != null),
                    name);
            assertEquals(List.of(), reading.warnings(), name);
        }
    }

    @Test
    void shippedVolumeFollowsTheSize() {
        ThrottleLimits gp2 = limits(drive("profile = ebs-gp2"));
        assertEquals(100, gp2.atSize(8 * GIB).rate(LimitKey.IOPS));
        assertEquals(1_500, gp2.atSize(500 * GIB).rate(LimitKey.IOPS));
        assertEquals(3_000, gp2.atSize(500 * GIB).max(LimitKey.IOPS));
        assertEquals(16_000, gp2.atSize(8_000 * GIB).rate(LimitKey.IOPS));
        assertEquals(250L << 20, gp2.atSize(334 * GIB).rate(LimitKey.BPS));
    }

    @Test
    void ownLimitsGoBeforeThoseOfTheProfile() {
        assertEquals(
                Map.of("iops", 9_000L, "iops_size", 262_144L),
                limits(drive("profile = ebs-gp3, limits { iops = 9k, bps = 0 }"))
                        .toMap());
    }

    @Test
    void ownProfileGoesBeforeAShippedOne() {
        Reading reading = read(
                """
                weir {
                  profiles { slow { limits { iops = 7 } }, nvme { limits { iops = 8 } } }
                  groups.g { profile = slow }
                  drives.a { backend { type = memory, size = 1GiB }, profile = nvme }
                }
                """);
        assertEquals(Map.of("iops", 8L), limits(reading).toMap());
        assertEquals(Map.of("iops", 7L), reading.groups().get(0).limits().toMap());
    }

    @Test
    void commandLineTakesAProfile() {
        Reading reading = read("weir.drives {}", "id=a,memory=1G,profile=hdd-7200,iops=90");
        assertEquals(Map.of("bps", 205_000_000L, "iops", 90L), limits(reading).toMap());
    }

    @Test
    void drivesTakeTheLatenciesOfAProfile() {
        assertEquals(
                List.of(
                        "disk-read latency.full-stroke=15ms latency.rpm=7200 latency.seek=7400us"
                                + " latency.track-to-track=230us on=read",
                        "disk-write latency.full-stroke=15800us latency.rpm=7200 latency.seek=8200us"
                                + " latency.track-to-track=320us on=write"),
                faults(drive("profile = hdd-7200")));
        assertEquals(List.of(), faults(drive("limits { bps = 5M }")));
    }

    @Test
    void ownFaultsGoBeforeThoseOfTheProfile() {
        assertEquals(
                List.of("disk-write error=EIO", "flaky error=EIO on=read"),
                faults(drive("profile = nvme, faults { flaky { on = [read], error = EIO }, disk-read = off,"
                        + " disk-write { error = EIO } }")));
        assertEquals(
                List.of("weir.conf:1: drives.a.faults.disk-raed = off: is no fault of the profile;"
                        + " did you mean disk-read?"),
                drive("profile = nvme, faults { disk-raed = off }").faults());
        assertEquals(List.of(), faults(drive("faults { slow = off }")));
    }

    @Test
    void ownProfileHasAnyFaults() {
        Reading reading = read(
                """
                weir {
                  profiles { slow { faults { late { latency = 5ms } } } }
                  groups.g { profile = slow }
                  drives.a { backend { type = memory, size = 1GiB }, profile = slow }
                }
                """);
        assertEquals(List.of("late latency=5ms"), faults(reading));
        assertEquals(
                List.of("weir.conf:1: profiles.x.faults.late = 5: must be a fault { … }"),
                read("weir { profiles.x.faults.late = 5, drives.a { backend { type = memory, size = 1GiB } } }")
                        .faults());
    }

    private static List<String> faults(Reading reading) {
        assertEquals(List.of(), reading.faults());
        return reading.drives().get(0).faults().faults().stream()
                .map(Fault::toString)
                .toList();
    }

    @Test
    void originNamesTheProfile() {
        Map<String, String> origins =
                drive("profile = ebs-gp3, limits { iops = 9k }").origins().get(DriveSettings.pid("a"));
        assertEquals("profile ebs-gp3", Objects.requireNonNull(origins).get("limits.bps"));
        assertEquals("weir.conf:1", origins.get("limits.iops"));
    }

    @Test
    void unknownProfileIsAFaultWithASuggestion() {
        assertEquals(
                List.of("weir.conf:1: drives.a.profile = ebs-gp4: is not a profile; did you mean ebs-gp2?"),
                drive("profile = ebs-gp4").faults());
        assertEquals(
                List.of("weir.conf:1: profiles.x.limit: unknown key; did you mean limits?"),
                read("weir { profiles.x.limit.iops = 5, drives.a { backend { type = memory, size = 1GiB } } }")
                        .faults());
    }

    @Test
    void policyThatCannotKeepTheProfileIsAFault() {
        List<String> faults = drive("profile = ebs-gp2, policy = slice").faults();
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("weir.conf:1: drives.a.limits.iops_max: "), faults::toString);
    }
}
