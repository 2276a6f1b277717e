package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.drive.settings.DriveSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of drives and groups by commands and their files. */
final class DefinitionsTest extends DefinitionsFixture {
    DefinitionsTest(@TempDir Path temporary) throws Exception {
        super(temporary);
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
    void backendIsABlockAsInTheFile() throws Exception {
        make(add("backend={type=memory, size=1M}", "bps=10M"));
        DriveSettings added = DriveSettings.of(properties("weir.drive~vm1"));
        assertEquals("memory", added.backendType());
        assertEquals(Map.of("size", 1L << 20), added.backendOptions());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            UNAVAILABLE | drive vm1 is defined but not served: refused; Weir tries again by itself
            HOLDING     | drive vm1 holds its requests: refused
            SERVING     |
            """)
    void answerNamesTheReasonOfADriveThatDoesNotServe(State state, @Nullable String warning) throws Exception {
        component.addDrive(new IdleDrive("other", State.HOLDING).control());
        component.addDrive(new IdleDrive("vm1", state).control());
        List<String> expected = warning == null ? List.of() : List.of(warning);
        assertEquals(expected, make(add("memory=1M")).warnings());
        assertEquals(expected, make(set("bps=10M")).warnings());
        assertEquals(List.of(), make(set("bps=5M").dryRun()).warnings());
        assertEquals(List.of(), make(DefinitionChange.remove(Kind.DRIVE, "vm1")).warnings());
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
    void renameKeepsTheFile() throws Exception {
        make(add("memory=1M"));
        Object file = Files.getAttribute(file("drive-vm1.conf"), "unix:ino");
        make(DefinitionChange.rename(Kind.DRIVE, "vm1", "vm2"));
        assertEquals(file, Files.getAttribute(file("drive-vm2.conf"), "unix:ino"));
        assertFalse(Files.exists(file("drive-vm1.conf")));
    }

    @Test
    void groupNamedByANumberKeepsItsMembers() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "10", Map.of()));
        make(DefinitionChange.add(Kind.GROUP, "below", Map.of("parent", 10)));
        String rule = refused(DefinitionChange.remove(Kind.GROUP, "10"))
                .faults()
                .get(0)
                .rule();
        assertTrue(rule.startsWith("still has members"), rule);
        make(DefinitionChange.rename(Kind.GROUP, "10", "11"));
        assertEquals("parent=\"11\"\n", definition(Kind.GROUP, "below").hocon());
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
    void temporaryRemovalHidesTheFile() throws Exception {
        make(add("memory=1M"));
        make(DefinitionChange.remove(Kind.DRIVE, "vm1").temporary());
        assertNull(component.find(Kind.DRIVE, "vm1"));
        assertTrue(Files.exists(file("drive-vm1.conf")));
        assertFalse(changeCounts().containsKey("weir.drive~vm1"));
        assertEquals(List.of("added drive vm1"), component.restore().changes());
    }

    @Test
    void brokenFileIsTheOnlyErrorBesideDefinitionsThatReferToIt() throws Exception {
        folder.write(
                "weir.conf", "weir { groups.host { limits { iops = 10 } }, profiles.mine { limits { iops = 5 } } }");
        assertEquals(List.of(), component.reload());
        make(DefinitionChange.add(Kind.GROUP, "g", Map.of("parent", "host")));
        make(add("memory=1M", "profile=mine"));
        folder.write("weir.conf", "weir { groups.host { limits { iops = 10 } }");
        List<String> faults = component.reload();
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).contains("is not HOCON"), faults::toString);
    }

    @Test
    void temporaryChangesThatAreUndoneAreForgotten() throws Exception {
        make(add("memory=1M").temporary());
        assertEquals(List.of("drive vm1"), component.temporary());
        make(DefinitionChange.remove(Kind.DRIVE, "vm1").temporary());
        assertEquals(List.of(), component.temporary());

        make(add("memory=1M", "bps=2M"));
        make(set("bps=1M").temporary());
        assertEquals(List.of("drive vm1"), component.temporary());
        make(set("bps=2M").temporary());
        assertEquals(List.of(), component.temporary());
        assertEquals(List.of(), component.restore().changes());
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
}
