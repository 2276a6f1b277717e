package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.drive.settings.DriveSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of drives and groups by commands: files, conflicts and refusals. */
final class DefinitionsTest extends ConfigurationFixture {
    private static final Map<String, @Nullable Object> MEMORY =
            Map.of("backend", Map.of("type", "memory", "size", "1M"));

    private final Path home;
    private HoconConfiguration component;

    DefinitionsTest(@TempDir Path temporary) throws Exception {
        super(temporary, temporary.resolve("home"));
        home = temporary.resolve("home");
        component = component(admin);
    }

    @BeforeEach
    void startComponent() {
        component = start(TWO_DRIVES);
    }

    private Path file(String name) {
        return home.resolve("weir.d").resolve(name);
    }

    private ChangeOutcome make(DefinitionChange change) throws Exception {
        return component.change(change);
    }

    private Definition definition(Kind kind, String name) {
        return Objects.requireNonNull(component.find(kind, name));
    }

    private RefusedChangeException refused(DefinitionChange change) throws Exception {
        Map<String, Long> counts = changeCounts();
        Map<String, String> files = files();
        RefusedChangeException refused = assertThrows(RefusedChangeException.class, () -> make(change));
        assertEquals(counts, changeCounts());
        assertEquals(files, files());
        return refused;
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new HashMap<>();
        if (Files.exists(home.resolve("weir.d"))) {
            try (var all = Files.list(home.resolve("weir.d"))) {
                for (Path each : all.toList()) {
                    files.put(each.toString(), Files.readString(each));
                }
            }
        }
        return files;
    }

    private static DefinitionChange add(String... words) {
        return DefinitionChange.add(Kind.DRIVE, "vm1", Map.of()).withWords(List.of(words));
    }

    private static DefinitionChange set(String... words) {
        return DefinitionChange.set(Kind.DRIVE, "vm1", Map.of()).withWords(List.of(words));
    }

    @Test
    void addedDriveIsWrittenAndApplied() throws Exception {
        ChangeOutcome outcome = make(add("memory=1M", "bps=10M", "group=g"));

        assertEquals(List.of("added drive vm1"), outcome.changes());
        assertEquals(
                """
                # Weir writes this file: "drive set NAME KEY=VALUE --save" in the shell, or the HTTP API.
                # The name of the file is that of the drive. Comments of yours are lost at the next change.
                backend {
                    size="1M"
                    type=memory
                }
                group=g
                limits {
                    bps="10M"
                }
                """,
                Files.readString(file("drive-vm1.conf")));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file("drive-vm1.conf"))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("weir.d"))));
        assertEquals(
                10L << 20,
                DriveSettings.of(properties("weir.drive~vm1")).limits().toMap().get("bps"));
        assertEquals(
                "weir.d/drive-vm1.conf:9", component.origins("weir.drive~vm1").get("limits.bps"));
        Definition definition = definition(Kind.DRIVE, "vm1");
        assertEquals(Origin.SAVED, definition.origin());
        assertEquals(definition, outcome.definition());
    }

    @Test
    void savedDrivesAreReadAtTheNextStart() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of("limits.iops", 500)));
        make(add("memory=1M", "group=h"));
        component.stop();

        component = component(admin);
        component.start();
        assertEquals("h", DriveSettings.of(properties("weir.drive~vm1")).group());
        assertEquals(List.of("a", "b", "vm1", "option"), outcome("weir.config.drives"));
    }

    @Test
    void settingsMergeAndNullRemoves() throws Exception {
        make(add("memory=1M", "bps=10M", "iops=100"));
        String before = definition(Kind.DRIVE, "vm1").version();
        Map<String, @Nullable Object> limits = new HashMap<>();
        limits.put("iops", null);
        limits.put("bps", 5);
        ChangeOutcome outcome = make(DefinitionChange.set(Kind.DRIVE, "vm1", Map.of("limits", limits)));

        assertEquals(List.of("changed drive vm1"), outcome.changes());
        assertEquals(
                Map.of("bps", 5L),
                DriveSettings.of(properties("weir.drive~vm1")).limits().toMap());
        assertNotEquals(before, definition(Kind.DRIVE, "vm1").version());

        make(set("bps=", "filters="));
        assertEquals(
                Map.of(),
                DriveSettings.of(properties("weir.drive~vm1")).limits().toMap());
    }

    @Test
    void putReplacesAllSettings() throws Exception {
        make(DefinitionChange.put(Kind.DRIVE, "vm1", MEMORY));
        make(set("bps=10M"));
        assertEquals(
                List.of("changed drive vm1"),
                make(DefinitionChange.put(Kind.DRIVE, "vm1", MEMORY)).changes());
        assertEquals(
                Map.of(),
                DriveSettings.of(properties("weir.drive~vm1")).limits().toMap());
        assertEquals(
                List.of(), make(DefinitionChange.put(Kind.DRIVE, "vm1", MEMORY)).changes());
    }

    @Test
    void removedDriveLosesItsFile() throws Exception {
        make(add("memory=1M"));
        assertEquals(
                List.of("removed drive vm1"),
                make(DefinitionChange.remove(Kind.DRIVE, "vm1")).changes());
        assertFalse(Files.exists(file("drive-vm1.conf")));
        assertNull(component.find(Kind.DRIVE, "vm1"));
        assertEquals(
                Reason.ABSENT,
                refused(DefinitionChange.remove(Kind.DRIVE, "vm1")).reason());
    }

    @Test
    void renamedDriveKeepsItsSettings() throws Exception {
        make(add("memory=1M", "bps=10M"));
        assertEquals(
                List.of("removed drive vm1", "added drive vm2"),
                make(DefinitionChange.rename(Kind.DRIVE, "vm1", "vm2")).changes());
        assertEquals(List.of(file("drive-vm2.conf").toString()), List.copyOf(files().keySet()));
        assertEquals(
                10L << 20,
                DriveSettings.of(properties("weir.drive~vm2")).limits().toMap().get("bps"));
        assertEquals(
                Reason.EXISTS,
                refused(DefinitionChange.rename(Kind.DRIVE, "vm2", "a")).reason());
    }

    @Test
    void membersFollowTheirRenamedGroup() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()));
        make(DefinitionChange.add(Kind.GROUP, "below", Map.of("parent", "h")));
        make(add("memory=1M", "group=h"));
        make(DefinitionChange.rename(Kind.GROUP, "h", "i"));
        assertEquals("i", DriveSettings.of(properties("weir.drive~vm1")).group());
        assertEquals("parent=i\n", definition(Kind.GROUP, "below").hocon());
        assertFalse(Files.exists(file("group-h.conf")));
    }

    @Test
    void operatorsDriveIsRefusedWithItsLine() throws Exception {
        RefusedChangeException refused = refused(DefinitionChange.set(Kind.DRIVE, "a", Map.of("limits.bps", 5)));
        assertEquals(Reason.OPERATOR, refused.reason());
        assertEquals(
                "weir.conf:4: drives.a: is defined here; Weir does not change what the operator has written",
                refused.getMessage());
        assertEquals(
                Reason.OPERATOR,
                refused(DefinitionChange.remove(Kind.DRIVE, "option")).reason());
        assertEquals(
                Reason.EXISTS,
                refused(DefinitionChange.add(Kind.GROUP, "g", Map.of())).reason());
    }

    @Test
    void groupOfAnOperatorsDriveIsNotRemoved() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()));
        folder.write("weir.conf", TWO_DRIVES.replace("group = g", "group = h"));
        assertEquals(List.of(), component.reload());
        RefusedChangeException refused = refused(DefinitionChange.remove(Kind.GROUP, "h"));
        assertEquals(Reason.INVALID, refused.reason());
        assertEquals("weir.conf:4: drives.a.group = h: is not a group; did you mean g?", refused.getMessage());
    }

    @Test
    void nameOfBothIsAnErrorOfTheFile() throws Exception {
        make(add("memory=1M"));
        folder.write("weir.conf", TWO_DRIVES + "weir.drives.vm1 { backend { type = memory, size = 1M } }");
        assertEquals(
                List.of("weir.d/drive-vm1.conf:1: drives.vm1: is also defined at weir.conf:8; remove one of them"),
                component.reload());
    }

    @Test
    void brokenRuleNamesKeyAndValueWithoutAPlace() throws Exception {
        RefusedChangeException refused = refused(add("memory=1M", "bps=-5"));
        assertEquals(Reason.INVALID, refused.reason());
        assertEquals("drives.vm1.limits.bps = -5: must be 0 (no limit) or more", refused.getMessage());
        assertEquals(
                "drives.vm1.colour",
                refused(add("memory=1M", "colour=red")).faults().get(0).key());
        assertEquals(
                Reason.INVALID,
                refused(DefinitionChange.add(Kind.DRIVE, "../x", MEMORY)).reason());
        assertEquals(Reason.INVALID, refused(add("memory")).reason());
        assertEquals(Reason.INVALID, refused(add("filters=[ {")).reason());
        assertEquals(
                Reason.INVALID, refused(add("filters=[ { type = ${HOME} } ]")).reason());
    }

    @Test
    void faultOfTheFileIsNoFaultOfTheChange() throws Exception {
        folder.write("weir.conf", TWO_DRIVES.replace("4M", "-4"));
        RefusedChangeException refused = refused(add("memory=1M"));
        assertEquals(Reason.FAILED, refused.reason());
        assertEquals("weir.conf:4: drives.a.limits.bps = -4: must be 0 (no limit) or more", refused.getMessage());
    }

    @Test
    void outdatedVersionIsRefused() throws Exception {
        make(add("memory=1M"));
        String version = definition(Kind.DRIVE, "vm1").version();
        make(set("bps=1M").ifVersion(version));
        assertEquals(Reason.OUTDATED, refused(set("bps=2M").ifVersion(version)).reason());
    }

    @Test
    void dryRunChangesNothing() throws Exception {
        Map<String, Long> counts = changeCounts();
        ChangeOutcome outcome = make(add("memory=1M").dryRun());
        assertEquals(
                "backend {\n    size=\"1M\"\n    type=memory\n}\n",
                Objects.requireNonNull(outcome.definition()).hocon());
        assertEquals(counts, changeCounts());
        assertEquals(Map.of(), files());
    }

    @Test
    void temporaryDriveHasNoFile() throws Exception {
        make(add("memory=1M").temporary());
        assertEquals(Origin.TEMPORARY, definition(Kind.DRIVE, "vm1").origin());
        assertEquals(List.of(), component.reload());
        assertTrue(changeCounts().containsKey("weir.drive~vm1"));
        assertEquals(Map.of(), files());

        make(set("bps=1M"));
        assertEquals(Origin.SAVED, definition(Kind.DRIVE, "vm1").origin());
        assertTrue(Files.exists(file("drive-vm1.conf")));
    }

    @Test
    void savedDriveNeedsASavedGroup() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()).temporary());
        RefusedChangeException refused = refused(add("memory=1M", "group=h"));
        assertEquals(
                "drives.vm1.group = h: is a group that lasts only until the end of Weir; save it first",
                refused.getMessage());
    }

    @Test
    void temporaryRemovalHidesTheFile() throws Exception {
        make(add("memory=1M"));
        make(DefinitionChange.remove(Kind.DRIVE, "vm1").temporary());
        assertNull(component.find(Kind.DRIVE, "vm1"));
        assertTrue(Files.exists(file("drive-vm1.conf")));
        assertFalse(changeCounts().containsKey("weir.drive~vm1"));
        assertEquals(List.of("added drive vm1"), component.restore().changes());
    }

    @Test
    void storageIsDeletedOnRequestOnly() throws Exception {
        Files.createDirectories(home);
        Path image = Files.writeString(home.resolve("vm1.img"), "data");
        make(add("file=vm1.img"));
        make(DefinitionChange.remove(Kind.DRIVE, "vm1"));
        assertTrue(Files.exists(image));
        make(add("file=vm1.img"));
        make(DefinitionChange.add(Kind.DRIVE, "vm2", Map.of()).withWords(List.of("memory=1M")));
        make(DefinitionChange.remove(Kind.DRIVE, "vm1").withStorage());
        assertFalse(Files.exists(image));
        assertEquals(
                "drives.vm2: has no image file, so no storage can be deleted",
                refused(DefinitionChange.remove(Kind.DRIVE, "vm2").withStorage())
                        .getMessage());
    }

    @Test
    void imageOfAnotherDriveIsNotDeleted() throws Exception {
        Files.createDirectories(home);
        Path image = Files.writeString(home.resolve("vm1.img"), "data");
        make(add("file=vm1.img", "read-only=on"));
        make(DefinitionChange.add(Kind.DRIVE, "vm2", Map.of()).withWords(List.of("file=vm1.img", "read-only=on")));
        assertTrue(String.valueOf(
                        refused(DefinitionChange.remove(Kind.DRIVE, "vm1").withStorage())
                                .getMessage())
                .endsWith("is also the image of drive vm2"));
        assertTrue(Files.exists(image));
    }

    @Test
    void unwritableFolderRefusesTheChange() throws Exception {
        Files.createDirectories(home);
        Files.writeString(home.resolve("weir.d"), "");
        assertThrows(RefusedChangeException.class, () -> make(add("memory=1M")));
        Files.delete(home.resolve("weir.d"));
        Files.createDirectories(file(".drive-vm1.conf.new").resolve("in the way"));
        RefusedChangeException refused = assertThrows(RefusedChangeException.class, () -> make(add("memory=1M")));
        assertEquals(Reason.FAILED, refused.reason());
        assertFalse(changeCounts().containsKey("weir.drive~vm1"));
        assertNull(component.find(Kind.DRIVE, "vm1"));
    }

    @Test
    void failedWriteUndoesEarlierOnes() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()));
        make(add("memory=1M", "group=h"));
        Path obstacle = Files.createDirectories(file(".drive-vm1.conf.new").resolve("in the way"));
        RefusedChangeException refused =
                assertThrows(RefusedChangeException.class, () -> make(DefinitionChange.rename(Kind.GROUP, "h", "i")));
        assertEquals(Reason.FAILED, refused.reason());
        assertFalse(Files.exists(file("group-i.conf")));
        assertTrue(Files.exists(file("group-h.conf")));
        Files.delete(obstacle);
        assertEquals(List.of(), component.reload());
        assertEquals("h", DriveSettings.of(properties("weir.drive~vm1")).group());
    }

    @Test
    void otherFilesOfTheFolderAreErrors() throws Exception {
        make(add("memory=1M"));
        Files.writeString(file("mine.conf"), "");
        Files.writeString(file("drive-vm2.conf"), "backend {");
        Files.writeString(file("drive-vm3.conf"), "include \"/etc/passwd\"");
        Files.writeString(file(".drive-vm4.conf.new"), "half");
        assertEquals(
                List.of(
                        "weir.d/drive-vm2.conf:1: is not HOCON: a } is missing; the { of this line is not closed",
                        "weir.d/drive-vm3.conf: an include is not possible here",
                        "weir.d/mine.conf: must be named drive-NAME.conf or group-NAME.conf"),
                component.reload());
    }

    @Test
    void changesOfItsOwnAreNoNews() throws Exception {
        make(add("memory=1M"));
        Map<String, Long> counts = changeCounts();
        component.poll();
        component.poll();
        assertEquals(counts, changeCounts());
        Files.delete(file("drive-vm1.conf"));
        component.poll();
        component.poll();
        assertFalse(changeCounts().containsKey("weir.drive~vm1"));
    }

    @Test
    void refusalHidesNoEditOfTheFile() throws Exception {
        folder.write("weir.conf", TWO_DRIVES.replace("4M", "5M"));
        refused(DefinitionChange.remove(Kind.DRIVE, "absent"));
        component.poll();
        component.poll();
        assertEquals(
                5L << 20,
                DriveSettings.of(properties("weir.drive~a")).limits().toMap().get("bps"));
    }
}
