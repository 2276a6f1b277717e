package dev.weir.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionChange.Action;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands that define drives and groups, and {@code --save} of live changes. */
final class DefinitionWordsTest extends CommandsFixture {
    private static final Definition VM1 =
            new Definition(Kind.DRIVE, "vm1", "group=g\n", "00ff", Origin.SAVED, "weir.d/drive-vm1.conf:3");

    private final Recorder recorder = new Recorder();
    private final DriveCommands drives = new DriveCommands(services);
    private final ChangeCommands changes = new ChangeCommands(services);

    /** Keeps the changes that commands make, and refuses those of {@code theirs}. */
    private static final class Recorder implements Definitions {
        private final List<DefinitionChange> made = new ArrayList<>();

        @Override
        public List<Definition> list(Kind kind) {
            return List.of(VM1);
        }

        @Override
        public @Nullable Definition find(Kind kind, String name) {
            return name.equals("vm1") ? VM1 : null;
        }

        @Override
        public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
            if (change.name().equals("scratch") || change.name().equals("tenant-b")) {
                throw new RefusedChangeException(
                        Reason.OPERATOR, List.of(new DefinitionFault("weir.conf", 4, change.name(), "", "is theirs")));
            }
            made.add(change);
            Definition after = change.action() == Action.REMOVE ? null : VM1;
            return new ChangeOutcome(after, List.of("changed drive vm1"), List.of("odd"));
        }

        @Override
        public ChangeOutcome restore() {
            return new ChangeOutcome(null, List.of("removed drive vm9"), List.of());
        }

        @Override
        public List<String> temporary() {
            return List.of("drive vm9");
        }
    }

    @BeforeEach
    void define() {
        services.definitions = recorder;
    }

    private DefinitionChange last() {
        return recorder.made.get(recorder.made.size() - 1);
    }

    @Test
    void wordsOfADriveReachItsDefinition() {
        shows(
                """
                drive     vm1
                defined   in weir.d/drive-vm1.conf:3
                settings  group=g
                changed   changed drive vm1
                warning   odd
                """,
                80,
                drives.drive("add", "vm1", "memory=64M", "bps=10M"));
        assertEquals(
                DefinitionChange.add(Kind.DRIVE, "vm1", Map.of())
                        .withWords(List.of("memory=64M", "bps=10M"))
                        .temporary(),
                last());
        drives.drive("set", "vm1", "bps=", "--save");
        assertEquals(DefinitionChange.set(Kind.DRIVE, "vm1", Map.of()).withWords(List.of("bps=")), last());
        drives.drive("rename", "vm1", "vm2", "--save");
        assertEquals(DefinitionChange.rename(Kind.DRIVE, "vm1", "vm2"), last());
        drives.drive("remove", "vm1", "--save", "--delete-storage=vm1");
        assertEquals(DefinitionChange.remove(Kind.DRIVE, "vm1").withStorage(), last());
        changes.group("add", "tenant-c", "iops=500", "--save");
        assertEquals(DefinitionChange.add(Kind.GROUP, "tenant-c", Map.of()).withWords(List.of("iops=500")), last());
    }

    @Test
    void wordsAreChecked() {
        String usage =
                "; usage: drive [ACTION] NAME [KEY=VALUE...] [--save] [--dry-run] [--delete-storage=NAME] [--json]";
        refuses(
                "drive: --delete-storage must name the drive that is removed" + usage,
                () -> drives.drive("remove", "vm1", "--delete-storage=vm2"));
        refuses(
                "drive: --delete-storage must name the drive that is removed" + usage,
                () -> drives.drive("set", "vm1", "--delete-storage=vm1"));
        refuses("drive: the new name is missing" + usage, () -> drives.drive("rename", "vm1"));
        refuses("drive: \"x\" is one argument too many" + usage, () -> drives.drive("remove", "vm1", "x"));
        refuses("drive: \"x\" is one argument too many" + usage, () -> drives.drive("vm1", "x"));
        refuses("drive: add needs a name" + usage, () -> drives.drive("add", "memory=1M"));
        refuses(
                "group: remove needs a name; usage: group [ACTION] GROUP [KEY=VALUE...] [--save] [--cluster] [--dry-run]"
                        + " [--json]",
                () -> changes.group("remove"));
        refuses("no drive \"vm3\" is defined; there are vm1", () -> drives.drive("show", "vm3"));
        assertEquals(List.of(), recorder.made);
    }

    @Test
    void dryRunOnlyChecksAChange() {
        drives.drive("set", "vm1", "bps=1M", "--dry-run", "--save");
        DefinitionChange set = DefinitionChange.set(Kind.DRIVE, "vm1", Map.of()).withWords(List.of("bps=1M"));
        assertEquals(set.dryRun(), last());
        refuses(
                "group: --dry-run needs add, set, rename or remove; usage: group [ACTION] GROUP [KEY=VALUE...] [--save]"
                        + " [--cluster] [--dry-run] [--json]",
                () -> changes.group("tenant-a", "iops=1", "--dry-run"));
        assertEquals(
                2000, services.group("tenant-a").snapshot().limits().toMap().get("iops"));
    }

    @Test
    void refusalShowsFileAndLine() {
        refuses("weir.conf:4: scratch: is theirs", () -> drives.drive("remove", "scratch"));
        refuses("weir.conf:4: scratch: is theirs", () -> changes.policy("scratch", "slice", "--save"));
        assertEquals("bucket", scratch.snapshot().policy());
        refuses("weir.conf:4: tenant-b: is theirs", () -> changes.limits("tenant-b", "iops=5", "--save"));
    }

    @Test
    void savedLimitsAreThoseOfTheLine() {
        changes.limits("vm1", "bps=5M", "iops=0", "--save");
        Map<String, @Nullable Object> saved = new LinkedHashMap<>();
        saved.put("limits.bps", "5M");
        saved.put("limits.iops", "0");
        saved.put("limits.iops_max", null);
        saved.put("limits.iops_max_length", null);
        assertEquals(DefinitionChange.set(Kind.DRIVE, "vm1", saved), last());
        assertEquals(Map.of("bps", 5L << 20), vm1.snapshot().limits().toMap());

        changes.limits("vm1", "bps=6M");
        assertEquals(1, recorder.made.size());
        refuses(
                "limits: --save needs KEY=VALUE; usage: limits NAME|GROUP [KEY=VALUE...] [--save] [--json]",
                () -> changes.limits("vm1", "--save"));
    }

    @Test
    void settingsOfAGroupAreSavedTogether() {
        changes.group("tenant-a", "iops=500", "weight=3", "min.iops=5", "parent=", "--save");
        Map<String, @Nullable Object> saved = new LinkedHashMap<>();
        saved.put("limits.iops", "500");
        saved.put("weight", "3");
        saved.put("min.iops", "5");
        saved.put("parent", null);
        assertEquals(DefinitionChange.set(Kind.GROUP, "tenant-a", saved), last());
    }

    @Test
    void savedFaultReplacesTheOneOfItsName() {
        FaultCommands faults = new FaultCommands(services);
        faults.fault("vm1", "slow", "on=read,write", "latency=2ms", "--save");
        Map<String, @Nullable Object> saved = new LinkedHashMap<>();
        saved.put("faults.\"slow\"", null);
        saved.put("faults.\"slow\".latency", "2ms");
        saved.put("faults.\"slow\".on", "read,write");
        assertEquals(DefinitionChange.set(Kind.DRIVE, "vm1", saved), last());
    }

    @Test
    void faultThatOutlastsItsSavedClearIsSwitchedOff() {
        FaultCommands faults = new FaultCommands(services);
        faults.fault("vm1", "slow", "latency=2ms");
        // the recorder applies nothing, so the fault is like one of a profile
        faults.fault("vm1", "--clear", "--save");
        Map<String, @Nullable Object> cleared = new LinkedHashMap<>();
        cleared.put("faults", null);
        assertEquals(
                List.of(
                        DefinitionChange.set(Kind.DRIVE, "vm1", cleared),
                        DefinitionChange.set(Kind.DRIVE, "vm1", Map.of("faults.\"slow\"", "off"))),
                recorder.made);
    }

    @Test
    void savedSizeIsCheckedBeforeTheResize() {
        ResizeCommand command = new ResizeCommand(services);
        command.resize("vm1", "20GiB", "--save");
        DefinitionChange saved = DefinitionChange.set(Kind.DRIVE, "vm1", Map.of("backend.size", 20L << 30));
        assertEquals(List.of(saved.dryRun(), saved), recorder.made);
        long before = scratch.snapshot().size();
        refuses("weir.conf:4: scratch: is theirs", () -> command.resize("scratch", "+1G", "--save"));
        assertEquals(before, scratch.snapshot().size());
    }

    @Test
    void restoreUndoesTemporaryDefinitions() {
        TestServices.reloads(services, List.of());
        String json = String.valueOf(changes.reload("--restore", "--json"));
        assertTrue(json.contains("\"drive vm9\":\"removed\""), json);
        assertTrue(json.contains("\"overridden\":[\"vm9\"]"), json);
    }
}
