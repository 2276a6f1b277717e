package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.drive.settings.DriveSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of drives and groups by commands that are refused, and their conflicts with the file. */
final class RefusedDefinitionsTest extends DefinitionsFixture {
    RefusedDefinitionsTest(@TempDir Path temporary) throws Exception {
        super(temporary);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokens",
                "debts",
                "weir.d/drive-x.conf",
                "deploy/x.jar",
                "disks/../run/x",
                "link/x.jar",
                "weir.conf",
                "../weir.conf",
                "../more.conf"
            })
    void driveUsesNoFileOfWeir(String path) throws Exception {
        Files.createDirectories(home.resolve("deploy"));
        Files.createSymbolicLink(home.resolve("link"), home.resolve("deploy"));
        folder.write("more.conf", "");
        folder.write("weir.conf", "include \"more.conf\"\n" + TWO_DRIVES);
        assertEquals(List.of(), component.reload());
        Map<String, Object> backend = Map.of("type", "memory", "size", "1M", "nested", Map.of("path", path));
        RefusedChangeException refused = refused(DefinitionChange.add(Kind.DRIVE, "x", Map.of("backend", backend)));
        assertEquals(OwnFiles.RULE, refused.faults().get(0).rule());
    }

    @Test
    void driveMayShareFilesOfTls() {
        OwnFiles own = new OwnFiles(home, List.of(home.resolve("ca.pem")));
        assertNull(own.find(Map.of("type", "nbd", "tls-ca", "ca.pem")));
        assertEquals("ca.pem", own.find(Map.of("type", "file", "path", "ca.pem")));
    }

    @Test
    void splitValueNamesItsKey() throws Exception {
        String quote = "; put the whole word in quotes: 'filters=…'";
        List<String> words = List.of("memory=1M", "filters=[{", "type=trace,", "slower-than", "=", "5ms", "}]");
        assertEquals(
                "drives.vm1.filters = [{ type=trace, slower-than = 5ms }]: came as several words" + quote,
                refused(add(words.toArray(String[]::new))).getMessage());
        assertEquals(
                "drives.vm1.bps = 10 M: came as several words; put the whole word in quotes: 'bps=…'",
                refused(add("memory=1M", "bps=", "10", "M")).getMessage());
        assertEquals(
                "drives.vm1.filters = [[type = trace]]: came as several words" + quote,
                refused(add("memory=1M", "filters=", "[[type = trace]]")).getMessage());
        assertEquals(
                "drives.vm1: \"[backend=type=nbd backend=uri=x]\" is not KEY=VALUE; put key and value in quotes: 'KEY=…'",
                refused(add("[backend=type=nbd backend=uri=x]")).getMessage());
        assertEquals(
                "drives.vm1: \"x\" is not KEY=VALUE",
                refused(add("memory=1M", "filters=[]", "x")).getMessage());
        assertEquals(
                "drives.vm1: \"=\" is not KEY=VALUE",
                refused(add("bps=", "memory=1M", "=")).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{", "[type=trace]", "[{ type = ${HOME} }]"})
    void unreadableBlockAsksForQuotes(String value) throws Exception {
        String message = refused(add("memory=1M", "filters=" + value)).getMessage();
        assertTrue(
                String.valueOf(message)
                        .startsWith(
                                "drives.vm1.filters = " + value + ": is not HOCON; if a shell took quotes or spaces,"
                                        + " put the whole word in quotes: 'filters=…' ("),
                message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=memory", "{type=memory", "[memory]"})
    void partOfABackendIsNoType(String value) throws Exception {
        String shown = value.startsWith("type") ? "backend = type=memory: must be a type" : "drives.vm1.backend";
        String message = refused(add("backend=" + value, "size=1M")).getMessage();
        assertTrue(String.valueOf(message).startsWith(shown), message);
    }

    @Test
    void groupWithMembersIsNotRemoved() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()));
        make(DefinitionChange.add(Kind.GROUP, "below", Map.of("parent", "h")));
        make(add("memory=1M", "group=h"));
        assertEquals(
                "groups.h: still has members: move or remove drive vm1, group below first",
                refused(DefinitionChange.remove(Kind.GROUP, "h")).getMessage());
    }

    @Test
    void misspeltOptionGetsASuggestion() throws Exception {
        assertEquals(
                "drives.vm1.memroy = 1M: unknown key; did you mean memory?",
                refused(add("memroy=1M")).getMessage());
    }

    @Test
    void operatorsDriveIsRefusedWithItsLine() throws Exception {
        RefusedChangeException refused = refused(DefinitionChange.set(Kind.DRIVE, "a", Map.of("limits.bps", 5)));
        assertEquals(Reason.OPERATOR, refused.reason());
        assertEquals(
                "weir.conf:4: drives.a: is defined here; edit " + folder.file() + ", which Weir does not change",
                refused.getMessage());
        RefusedChangeException option = refused(DefinitionChange.remove(Kind.DRIVE, "option"));
        assertEquals(Reason.OPERATOR, option.reason());
        assertEquals(
                "-drive id=option,…: drives.option: is defined here; change this option of the command line and start"
                        + " Weir again",
                option.getMessage());
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
    void savedDriveNeedsASavedGroup() throws Exception {
        make(DefinitionChange.add(Kind.GROUP, "h", Map.of()).temporary());
        RefusedChangeException refused = refused(add("memory=1M", "group=h"));
        assertEquals(
                "drives.vm1.group = h: is a group that lasts only until the end of Weir; save it first",
                refused.getMessage());
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
