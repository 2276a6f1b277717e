package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FaultsReaderTest {
    private static final String DRIVE = "weir.drives.a {\n  backend { type = memory, size = 1M }\n  faults {\n    ";
    private static final Types WITHOUT = new Types(TestTypes.ALL.backends(), Map.of(), TestTypes.ALL.policies());

    private final ConfigFolder folder;
    private Running running = Running.NONE;
    private Types types = TestTypes.ALL;

    FaultsReaderTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String faults) {
        folder.write("weir.conf", DRIVE + faults + "\n  }\n}\n");
        return ConfigurationReader.read(folder.inputs(List.of(), List.of()), types, running, new PipeText());
    }

    @Test
    void designExampleHasItsFaultsInOrder() {
        Reading reading = read(
                """
                        slow-fsync { on = [flush], latency { p50 = 2ms, p99 = 400ms } }
                            flaky      { on = [write], error = EIO, percent = 0.1 }
                            bad-block  { on = [read], range = "1MiB+4KiB", error = EIO, until = written }
                            stall      { on = [read, write], hang = 5s, every = 60s }
                            power-cut = on
                        """);
        assertEquals(List.of(), reading.faults());
        FaultSettings faults = reading.drives().get(0).faults();
        assertEquals(
                List.of(
                        Fault.of("slow-fsync", Map.of("on", "flush", "latency.p50", "2ms", "latency.p99", "400ms")),
                        Fault.of("flaky", Map.of("on", "write", "error", "EIO", "percent", "0.1")),
                        Fault.of(
                                "bad-block",
                                Map.of("on", "read", "range", "1MiB+4KiB", "error", "EIO", "until", "written")),
                        Fault.of("stall", Map.of("on", "read,write", "hang", "5s", "every", "60s"))),
                faults.faults());
        assertEquals(true, faults.powerCut());
        DriveSettings drive = reading.drives().get(0);
        assertEquals(drive, DriveSettings.of(drive.toProperties()));
    }

    @Test
    void recordAndSeedAreSet() {
        Reading reading = read("power-cut = true, power-cut-memory = 128MiB, seed = 42");
        assertEquals(List.of(), reading.faults());
        assertEquals(
                new FaultSettings(List.of(), true, 128L << 20, 42L),
                reading.drives().get(0).faults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slow { latency = 2miles }|drives.a.faults.slow.latency = 2miles: must be a duration of at most 1h, such"
                        + " as 2ms or 500us",
                "slow { on = [flsuh], latency = 2ms }|drives.a.faults.slow.on = [\"flsuh\"]: has no operation flsuh; did"
                        + " you mean flush?",
                "slow { latencey = 2ms }|drives.a.faults.slow.latencey = 2ms: unknown key; did you mean latency?",
                "slow { latency { p50 = 2ms, p99 = 1ms } }|drives.a.faults.slow: must not fall from one percentile to the"
                        + " next: [2ms, 1ms]",
                "slow { }|drives.a.faults.slow: must have one of latency, error, hang and corrupt",
                "powercut = on|drives.a.faults.powercut = on: must be a fault { … } or one of power-cut,"
                        + " power-cut-memory, seed; did you mean power-cut?",
                "power-cut = maybe|drives.a.faults.power-cut = maybe: must be true or false",
                "power-cut-memory = 1KiB|drives.a.faults.power-cut-memory = 1KiB: must be at least 32MiB, the longest"
                        + " write",
                "\"a b\" { error = EIO }|drives.a.faults.\"a b\": must be 1 to 100 letters, digits, dots, hyphens and"
                        + " underscores, and start with a letter or digit"
            })
    void errorsNameTheirPlace(String faults, String error) {
        assertEquals("weir.conf:4: " + error, read(faults).faults().get(0));
    }

    @Test
    void unknownKeyOfAFaultIsSuggested() {
        assertEquals(
                List.of("weir.conf:4: drives.a.faults.f.percnt = 1: unknown key; did you mean percent?"),
                read("f { error = EIO, percnt = 1 }").faults());
    }

    @Test
    void filtersDoNotNameTheFilterOfFaults() {
        folder.write(
                "weir.conf",
                "weir.drives.a { backend { type = memory, size = 1M }, filters = [ { type = faults, slower-than = 1s } ] }");
        assertEquals(
                List.of("weir.conf:1: drives.a.filters.type = faults: is the filter of the block faults { … }; write"
                        + " that block instead"),
                ConfigurationReader.read(folder.inputs(List.of(), List.of()), types, running, new PipeText())
                        .faults());
    }

    @Test
    void missingFilterOfANewDriveIsAWarning() {
        types = WITHOUT;
        Reading reading = read("f { error = EIO }");
        assertEquals(List.of(), reading.faults());
        assertEquals(Set.of("faults"), reading.missingFilters());
        assertEquals(
                List.of("weir.conf:3: drives.a.faults: the filter faults is not available; requests are held until it"
                        + " is"),
                reading.warnings());
    }

    @Test
    void missingFilterOfARunningDriveIsAFault() {
        types = WITHOUT;
        running = new Running(
                Map.of("a", new Running.RunningDrive(read("").drives().get(0), true, true, 1 << 20)),
                Map.of(),
                List.of());
        assertEquals(
                List.of("weir.conf:3: drives.a.faults: the filter faults is not available; the change would hold"
                        + " requests of the running drive"),
                read("f { error = EIO }").faults());
    }
}
