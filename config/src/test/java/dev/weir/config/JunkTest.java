package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/** Random input gives valid drives or errors, and never an exception. */
final class JunkTest {
    private static ConfigFolder folder = new ConfigFolder(Path.of("/"));

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = new ConfigFolder(Files.createTempDirectory("weir-config"));
    }

    @AfterContainer
    static void removeFolder() throws IOException {
        Files.deleteIfExists(folder.file());
        Files.delete(folder.folder());
    }

    @Property(tries = 300)
    void anyText(@ForAll String text) {
        check(folder.read(text));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void piecesOfAFile(@ForAll("pieces") List<String> pieces) {
        check(folder.read(String.join(" ", pieces)));
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void fileWithRandomValues(@ForAll("files") String text) {
        Reading reading = folder.read(text);
        check(reading);
        Statistics.collect(reading.faults().isEmpty() ? "sound" : "faulty");
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void anyOption(@ForAll("options") String option, @ForAll String text) {
        check(ConfigFolder.readOptions(option, text));
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(
                        "weir", "drives", "groups", "nbd", "listen", "vm1", "backend", "type", "limits", "bps", "{",
                        "{", "}", "}", "[", "]", "=", "=", ",", "\n", ".", "+=", "\"", "${", "${?", "memory", "5",
                        "1e9", "-1M", "null", "include", "\"nix\"", "#", "\\", "\u0000", "'", "${weir}", "true")
                .list()
                .ofMaxSize(60);
    }

    @Provide
    Arbitrary<String> files() {
        Arbitrary<List<String>> drives = block("", driveKeys(), 4)
                .list()
                .ofMaxSize(3)
                .map(blocks -> blocks.stream()
                        .map(block -> "vm" + block.length() + " " + block)
                        .toList());
        return drives.flatMap(written -> block("limits.", ThrottleLimits.keys(), 3)
                .map(group -> "weir { groups.g " + group + "\n drives {\n" + String.join("\n", written) + "\n} }"));
    }

    private static Arbitrary<String> block(String prefix, Iterable<String> keys, int size) {
        List<String> all = new ArrayList<>();
        keys.forEach(key -> all.add(prefix + key));
        return Arbitraries.maps(Arbitraries.of(all), values())
                .ofMaxSize(size)
                .map(map -> map.entrySet().stream()
                        .map(entry -> entry.getKey() + " = " + entry.getValue())
                        .collect(Collectors.joining("\n", "{ backend { type = memory, size = 1M }\n", "\n}")))
                .map(text -> prefix.isEmpty() ? text : text.replaceFirst(" backend .*\n", "\n"));
    }

    private static List<String> driveKeys() {
        List<String> keys =
                new ArrayList<>(List.of("policy", "group", "read-only", "backend.size", "limits", "colour"));
        ThrottleLimits.keys().forEach(key -> keys.add("limits." + key));
        return keys;
    }

    private static Arbitrary<String> values() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().map(Object::toString)),
                Tuple.of(6, Arbitraries.integers().between(0, 99).map(Object::toString)),
                Tuple.of(6, Arbitraries.of("g", "bucket", "slice", "10M", "30s", "true", "1 GiB", "null")),
                Tuple.of(1, Arbitraries.doubles().map(Object::toString)),
                Tuple.of(1, Arbitraries.of("[]", "{}", "{ a = 1 }", "[1]", "${nix}", "${?nix}", "1e99M")),
                Tuple.of(1, Arbitraries.of("{ a = ${nix} }", "[${nix}]", "${nix}1M", "{ a = [1, ${nix} 1M] }")),
                Tuple.of(1, Arbitraries.strings().ascii().map(text -> "\"\"\"" + text + "x\"\"\"")));
    }

    @Provide
    Arbitrary<String> options() {
        Arbitrary<String> part = Arbitraries.of(
                "id=a",
                "id=b c",
                "file=x",
                "memory=1G",
                "size=1M",
                "backend=own",
                "backend.a=b",
                "backend.=",
                "bps=",
                "bps=1M",
                "iops=5",
                "iops_max=9",
                "policy=slice",
                "readonly=on",
                "read-only",
                "",
                ",",
                "=",
                "group=g",
                "backend.type=file",
                "file=\u0000",
                "create=1",
                "backend.A=c");
        return part.list().ofMaxSize(8).map(parts -> String.join(",", parts));
    }

    private static void check(Reading reading) {
        for (List<String> lines : List.of(reading.faults(), reading.warnings())) {
            for (String line : lines) {
                assertFalse(line.isBlank());
                assertTrue(line.codePoints().noneMatch(Character::isISOControl), line);
            }
        }
        if (!reading.faults().isEmpty()) {
            return;
        }
        assertFalse(reading.listen().isEmpty());
        for (DriveSettings drive : reading.drives()) {
            assertTrue(Names.isSafe(drive.name()), drive::name);
            assertEquals(drive, DriveSettings.of(drive.toProperties()));
        }
        for (GroupSettings group : reading.groups()) {
            assertTrue(Names.isSafe(group.name()), group::name);
            assertEquals(group, GroupSettings.of(group.toProperties()));
        }
    }
}
