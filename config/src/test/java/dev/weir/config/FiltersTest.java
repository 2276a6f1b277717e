package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.settings.FilterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FiltersTest {
    private static final String MEMORY = "weir.drives.a {\n  backend { type = memory, size = 1M }\n  ";
    private static final String TRACED = "filters = [ { type = trace, slower-than = 5ms } ]";

    private final ConfigFolder folder;
    private Running running = Running.NONE;

    FiltersTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private Reading read(String filters) {
        folder.write("weir.conf", MEMORY + filters + "\n}\n");
        return ConfigurationReader.read(folder.inputs(List.of(), List.of()), TestTypes.ALL, running, new PipeText());
    }

    private void run(String filters) {
        Reading reading = read(filters);
        assertEquals(List.of(), reading.faults());
        running = new Running(
                Map.of("a", new Running.RunningDrive(reading.drives().get(0), true, true, 0)), Map.of(), List.of());
    }

    @Test
    void filtersKeepTheirOrder() {
        assertEquals(
                List.of(
                        new FilterSettings("trace", Map.of("slower-than", 5_000_000L)),
                        new FilterSettings("trace", Map.of("slower-than", 2_000_000_000L))),
                read("filters = [ { type = trace, slower-than = 5ms }, { type = trace, slower-than = 2s } ]")
                        .drives()
                        .get(0)
                        .filters());
    }

    @Test
    void optionsAreCheckedAsThoseOfABackend() {
        assertEquals(
                List.of(
                        "weir.conf:3: drives.a.filters.slower = 5ms: unknown key; choose from slower-than",
                        "weir.conf:3: drives.a.filters.slower-than: must be set (the bound)"),
                read("filters = [ { type = trace, slower = 5ms } ]").faults().stream()
                        .sorted()
                        .toList());
        assertEquals(
                List.of("weir.conf:3: drives.a.filters.slower-than = 5: must be a duration with a unit, such as 500ms"
                        + " or 30s"),
                read("filters = [ { type = trace, slower-than = 5 } ]").faults());
    }

    @Test
    void filterNeedsABlockAndAType() {
        assertEquals(
                List.of("weir.conf:3: drives.a.filters = trace: must be a block { … }"),
                read("filters = [ trace ]").faults());
        assertEquals(
                List.of("weir.conf:3: drives.a.filters.type: must be set; choose from trace"),
                read("filters = [ { } ]").faults());
    }

    @Test
    void chainIsBounded() {
        String filter = "{ type = trace, slower-than = 1s }";
        String most = filter + (", " + filter).repeat(FilterReader.MAX_FILTERS - 1);
        assertEquals(List.of(), read("filters = [ " + most + "]").faults());
        List<String> faults = read("filters = [ " + most + ", " + filter + "]").faults();
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).endsWith("…: must be at most 16 filters"), faults.get(0));
    }

    @Test
    void missingFilterOfANewDriveIsAWarning() {
        Reading reading = read("filters = [ { type = elsewhere } ]");
        assertEquals(List.of(), reading.faults());
        assertEquals(Set.of("elsewhere"), reading.missingFilters());
        assertEquals(
                List.of("weir.conf:3: drives.a.filters.type = elsewhere: no filter of this type is available; requests"
                        + " are held until one is; choose from trace"),
                reading.warnings());
    }

    @Test
    void missingFilterOfARunningDriveIsAFault() {
        run(TRACED);
        assertEquals(
                List.of("weir.conf:3: drives.a.filters.type = elsewhere: no filter of this type is available; the"
                        + " change would hold requests of running drives; choose from trace"),
                read("filters = [ { type = elsewhere } ]").faults());
    }

    @Test
    void changeThatARunningFilterRefusesIsAFault() {
        run(TRACED);
        assertEquals(List.of(), read(TRACED.replace("5ms", "6ms")).faults());
        assertEquals(
                List.of("weir.conf:3: drives.a.filters = [{\"slower-than\":\"0s\",\"type\":\"trace\"}]: filter trace:"
                        + " slower-than = 0: must be more"),
                read(TRACED.replace("5ms", "0s")).faults());
    }

    @Test
    void filterThatFailsToCheckIsAFault() {
        run(TRACED);
        List<String> faults = read(TRACED.replace("5ms", "13ms")).faults();
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).contains("filter trace: java.lang.IllegalStateException: 13 ms"), faults.get(0));
    }
}
