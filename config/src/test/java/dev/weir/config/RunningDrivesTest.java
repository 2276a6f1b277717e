package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change that would interrupt a running drive is an error. */
final class RunningDrivesTest {
    private static final String TEXT =
            """
            weir {
              groups.g.limits.iops = 5
              drives {
                a { backend { type = file, path = a.img }, group = g }
                b { backend { type = file, path = b.img }, policy = slice }
              }
            }
            """;

    /** The size of every running drive (bytes). */
    private static final long SIZE = 10 << 20;

    private final ConfigFolder folder;
    private Types types;
    private Running running = Running.NONE;

    RunningDrivesTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
        types = new Types(
                Map.of("file", new TestTypes.RefusingBackend(TestTypes.FILE), "memory", TestTypes.MEMORY),
                TestTypes.ALL.filters(),
                TestTypes.ALL.policies());
    }

    private Reading read(String text) {
        folder.write("weir.conf", text);
        return ConfigurationReader.read(folder.inputs(List.of(), List.of()), types, running, new PipeText());
    }

    /** Makes the drives and groups of a text the running ones. */
    private void run(String text, boolean isOpen, boolean isServing) {
        Reading reading = read(text);
        assertEquals(List.of(), reading.faults());
        Map<String, Running.RunningDrive> drives = new HashMap<>();
        for (DriveSettings drive : reading.drives()) {
            drives.put(drive.name(), new Running.RunningDrive(drive, isOpen, isServing, isOpen ? SIZE : 0));
        }
        Map<String, GroupSettings> groups = new HashMap<>();
        reading.groups().forEach(group -> groups.put(group.name(), group));
        running = new Running(drives, groups, List.of());
    }

    private List<String> faultsOfChange(String from, String to) {
        run(TEXT, true, true);
        return read(TEXT.replace(from, to)).faults();
    }

    @Test
    void unknownBackendIsAFault() {
        assertEquals(
                List.of("weir.conf:4: drives.a.backend.type = nvme: no backend of this type is available;"
                        + " the change would close the running drive; choose from file, memory"),
                faultsOfChange("type = file, path = a", "type = nvme, path = a"));
    }

    @Test
    void unknownPolicyIsAFault() {
        assertEquals(
                List.of("weir.conf:5: drives.b.policy = own: no policy of this type is available;"
                        + " the change would hold requests of running drives; choose from bucket, slice"),
                faultsOfChange("slice", "own"));
    }

    @Test
    void unknownPolicyOfAGroupIsAFault() {
        assertEquals(
                List.of("weir.conf:2: groups.g.policy = own: no policy of this type is available;"
                        + " the change would hold requests of running drives; choose from bucket, slice"),
                faultsOfChange("groups.g.limits.iops = 5", "groups.g { policy = own, limits.iops = 5 }"));
    }

    @Test
    void moveToAGroupWithoutPolicyIsAFault() {
        String text = TEXT.replace("groups.g.limits.iops = 5", "groups { g {}, h.policy = own }");
        run(text, true, true);
        assertEquals(
                List.of("weir.conf:4: drives.a.group = h: no policy of its type own is available;"
                        + " the change would hold the requests of the running drive"),
                read(text.replace("group = g", "group = h")).faults());
    }

    @Test
    void imageThatCannotBeOpenedIsAFault() {
        assertEquals(
                List.of("weir.conf:4: drives.a.backend: the running drive could not be opened again: refused.img"),
                faultsOfChange("a.img", "refused.img"));
    }

    @Test
    void imageOfAnotherDriveIsAFault() {
        assertEquals(
                List.of("weir.conf:4: drives.a.backend: the running drive could not be opened again: path = "
                        + folder.folder() + "/b.img: is also the image of drive b"),
                faultsOfChange("a.img", "b.img"));
    }

    @Test
    void otherBackendOfARunningDriveIsAWarning() {
        run(TEXT, true, true);
        assertEquals(List.of(), read(TEXT).warnings());
        Reading changed = read(TEXT.replace("a.img", "c.img"));
        assertEquals(
                List.of("weir.conf:4: drives.a.backend: the running drive is closed and opened again: its clients are"
                        + " disconnected, and a memory drive loses its contents"),
                changed.warnings());
        assertEquals(Set.of("a"), changed.reopened());
        assertEquals(Set.of(), read(TEXT.replace("iops = 5", "iops = 6")).reopened());
    }

    @Test
    void largerSizeIsAppliedWithoutWarning() {
        run(TEXT, true, true);
        Reading reading = read(TEXT.replace("path = a.img", "path = a.img, size = 20MiB"));
        assertEquals(List.of(), reading.faults());
        assertEquals(List.of(), reading.warnings());
    }

    @Test
    void smallerSizeIsAFaultThatNamesTheCommand() {
        assertEquals(
                List.of("weir.conf:4: drives.a.backend.size = 5MiB: is less than the 10MiB of the running drive"
                        + " and would lose data; to lose it, run \"resize a 5MiB --shrink\" first"),
                faultsOfChange("path = a.img", "path = a.img, size = 5MiB"));
        assertEquals(List.of(), faultsOfChange("path = a.img", "path = a.img, size = 10MiB"));
    }

    @Test
    void sizeThatTheBackendRefusesIsAFault() {
        run(TEXT.replace("a.img", "refused.img"), true, true);
        assertEquals(
                List.of("weir.conf:4: drives.a.backend.size = 20MiB: the running drive cannot have this size:"
                        + " refused.img"),
                read(TEXT.replace("path = a.img", "path = refused.img, size = 20MiB"))
                        .faults());
    }

    @Test
    void limitsPerGibAreReadAndChecked() {
        Reading reading =
                read(TEXT.replace("group = g", "limits { iops = 16k, iops_per_gib = 3, bps_per_gib = 100KiB }"));
        assertEquals(List.of(), reading.faults());
        assertEquals(
                Map.of("iops", 16_000L, "iops_per_gib", 3L, "bps_per_gib", 102_400L),
                reading.drives().get(0).limits().toMap());
        assertEquals(
                List.of("weir.conf:4: drives.a.limits.iops_floor = 5: needs iops_per_gib beside it"),
                read(TEXT.replace("group = g", "limits { iops = 9, iops_floor = 5 }"))
                        .faults());
    }

    @Test
    void swapOfImagesIsFine() {
        run(TEXT, true, true);
        assertEquals(
                List.of(),
                read(TEXT.replace("a.img", "c.img").replace("b.img", "a.img").replace("c.img", "b.img"))
                        .faults());
    }

    @Test
    void driveThatIsNotOpenMayChange() {
        run(TEXT, false, false);
        assertEquals(List.of(), read(TEXT.replace("a.img", "refused.img")).faults());
        assertEquals(
                List.of(),
                read(TEXT.replace("type = file, path = a", "type = nvme, path = a"))
                        .faults());
        assertEquals(List.of(), read(TEXT.replace("slice", "own")).faults());
    }

    @Test
    void unchangedTypeWithoutItsBundleIsAWarning() {
        run(TEXT, false, false);
        types = new Types(Map.of("files", TestTypes.FILE), Map.of(), Map.of("slices", TestTypes.SLICE));
        assertEquals(List.of(), read(TEXT).faults());
    }

    @Test
    void nearMissIsAFaultAtStart() {
        assertEquals(
                List.of(
                        "weir.conf:4: drives.a.backend.type = flie: no backend of this type is available; did you mean file?",
                        "weir.conf:5: drives.b.policy = slcie: no policy of this type is available; did you mean slice?"),
                read(TEXT.replace("type = file, path = a", "type = flie, path = a")
                                .replace("slice", "slcie"))
                        .faults());
    }
}
