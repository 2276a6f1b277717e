package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HOCON features (includes, substitutions, environment variables) and unreadable files. */
final class HoconFileTest {
    private static final String MEMORY = "backend { type = memory, size = 1M }";

    private final ConfigFolder folder;

    HoconFileTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    private List<String> faults(String text) {
        return folder.read(text).faults();
    }

    private List<String> faultsOfFile(Path file) {
        Inputs inputs = new Inputs(ConfigFolder.HOME, ConfigFolder.CWD, file, List.of(), List.of());
        return ConfigFolder.read(inputs, TestTypes.ALL).faults();
    }

    @Test
    void missingFile() {
        Path file = folder.folder().resolve("nix.conf");

        assertEquals(List.of(file + ": no such file"), faultsOfFile(file));
    }

    @Test
    void folderInPlaceOfFile() {
        assertEquals(List.of(folder.folder() + ": is a directory, not a file"), faultsOfFile(folder.folder()));
        assertEquals(List.of("/: is a directory, not a file"), faultsOfFile(Path.of("/")));
    }

    @Test
    void unreadableFile() throws IOException {
        folder.write("weir.conf", "weir {}").write("part.conf", "a = 1");
        Files.setPosixFilePermissions(folder.file(), PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(folder.file()), "this user can read every file");

        assertEquals(List.of(folder.file() + ": cannot be read: permission denied"), faultsOfFile(folder.file()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a = [1; } | 2",
                "a = ] | 2",
                "= 5 | 2",
                "a = \"no end | 2",
                "a = ${ | 2",
            })
    void whatIsNotHocon(String text, int line) {
        List<String> faults = faults("weir {\n" + text + "\n}");

        assertEquals(1, faults.size());
        assertTrue(faults.get(0).matches("weir\\.conf:[" + line + "-4]: is not HOCON: .*"), faults::toString);
    }

    @Test
    void nestingTooDeep() {
        List<String> faults = faults("weir" + " { a".repeat(100_000) + " = 1" + " }".repeat(100_000));

        assertEquals(List.of("weir.conf: is nested too deeply"), faults);
    }

    @Test
    void substitutionsWorkAcrossTheFile() {
        Reading reading = folder.read(
                """
                rate = 4M
                base { backend { type = memory, size = 1M } }
                weir.drives {
                  a = ${base} { limits.bps = ${rate} }
                  b = ${weir.drives.a} { limits.bps = null, read-only = true }
                  c = ${base} { group = ${?nix} }
                }
                """);

        assertEquals(List.of(), reading.faults());
        assertEquals(3, reading.drives().size());
        for (var drive : reading.drives()) {
            assertEquals(Map.of("size", 1L << 20), drive.backendOptions());
            assertEquals(drive.name().equals("b"), drive.readOnly());
            assertEquals(
                    drive.name().equals("a") ? 4L << 20 : null,
                    drive.limits().toMap().get("bps"));
        }
    }

    @Test
    void substitutionsFallBackToTheEnvironment() {
        String path = System.getenv("PATH");
        Reading reading = folder.read("weir.drives.a.backend { type = remote, host = ${PATH} }");

        assertEquals(List.of(), reading.faults());
        assertEquals(path, reading.drives().get(0).backendOptions().get("host"));
        assertEquals(
                List.of("weir.conf:2: drives.a.limits.iops = " + Findings.shown(path)
                        + " (from the environment): must be a whole number of requests, such as 500, 5k or 1M"),
                faults("weir.drives.a { " + MEMORY + "\nlimits.iops = ${PATH} }"));
    }

    @Test
    void mixedValueHasTheLineOfTheFile() {
        assertEquals(
                List.of("weir.conf:3: drives.a.limits.iops = " + Findings.shown(System.getenv("PATH") + "x")
                        + ": must be a whole number of requests, such as 500, 5k or 1M"),
                faults("weir.drives.a { " + MEMORY + "\nlimits {\niops = ${PATH}x } }"));
    }

    @Test
    void unresolvedSubstitutionIsOneFaultOfMany() {
        assertEquals(
                List.of(
                        "weir.conf:2: drives.a.limits.iops = ${nix}: refers to a key or variable that is not set",
                        "weir.conf:3: drives.a.limits.bps = -1: must be 0 (no limit) or more"),
                faults("weir.drives.a { " + MEMORY + "\nlimits { iops = ${nix}\n bps = -1 } }"));
    }

    @Test
    void cyclicSubstitutions() {
        List<String> faults =
                faults("weir.drives.a {\n policy = ${weir.drives.a.group}\n group = ${weir.drives.a.policy} }");

        assertEquals(1, faults.size());
        assertTrue(
                faults.get(0).matches("weir\\.conf:[23]: Could not resolve.*part of a cycle of substitutions.*"),
                faults::toString);
    }

    @Test
    void keysOutsideWeirAreIgnored() {
        assertEquals(List.of(), faults("limits.bps = -5\nother = ${nix}\nweir.drives.a { " + MEMORY + " }"));
    }

    @Test
    void noWeirSection() {
        assertEquals(List.of("weir.conf: the block weir { … } is missing"), faults("drives {}"));
        assertEquals(List.of("weir.conf: the block weir { … } is missing"), faults(""));
        assertEquals(
                List.of("weir.conf:1: no drives are configured"),
                folder.read("weir {}").warnings());
    }

    @Test
    void emptyFile() {
        assertEquals(
                List.of("command line: no drives are configured"),
                ConfigFolder.readOptions().warnings());
    }

    @Test
    void faultInIncludeNamesItsLine() {
        folder.write("part.conf", "\n\nlimits { bps = -5 }");

        assertEquals(
                List.of(
                        "weir.conf:3: drives.a.limits.iops = -1: must be 0 (no limit) or more",
                        "part.conf:3: drives.a.limits.bps = -5: must be 0 (no limit) or more"),
                faults("weir.drives.a { " + MEMORY + "\n include \"part.conf\"\n limits { iops = -1 } }"));
    }

    @Test
    void faultOfMergedBlockNamesTheFirstFile() {
        folder.write("part.conf", "drives.a.limits.bps = 5M");

        assertEquals(
                List.of("weir.conf:3: drives.a.backend.type: must be set; choose from file, memory, remote"),
                faults("weir {\n include \"part.conf\"\n drives.a.limits.iops = 5\n }"));
    }

    @Test
    void relativePathsStartFromTheMainFile() throws IOException {
        Files.createDirectory(folder.folder().resolve("more"));
        folder.write("more/part.conf", "include \"sibling\"\nweir.drives.a.backend.type = file");
        folder.write("more/sibling.conf", "weir.drives.a.backend.path = x.img");
        Reading reading = folder.read("include \"more/part.conf\"");

        assertEquals(List.of(), reading.faults());
        assertEquals(
                Map.of("path", folder.folder() + "/x.img"),
                reading.drives().get(0).backendOptions());
    }

    @Test
    void missingIncludeIsNamedWithItsLine() throws IOException {
        Files.createDirectory(folder.folder().resolve("more"));
        folder.write("more/part.conf", "\n\ninclude file(\"nix3\")");
        Reading reading = folder.read("include \"nix.conf\"\ninclude \"nix\"\ninclude file(\"/nix\")\n"
                + "weir.drives.a { include \"nix2\", " + MEMORY + " }\ninclude file(\"more/part.conf\")");
        String where = folder.folder().toString();

        assertEquals(List.of(), reading.faults());
        assertEquals(
                List.of(
                        "weir.conf:1: include nix.conf: no such file (" + where + "/nix.conf); the include is skipped",
                        "weir.conf:2: include nix: no such file (" + where + "/nix); the include is skipped",
                        "weir.conf:3: include /nix: no such file (/nix); the include is skipped",
                        "weir.conf:4: include nix2: no such file (" + where + "/nix2); the include is skipped",
                        "more/part.conf:3: include nix3: no such file (" + where
                                + "/more/nix3); the include is skipped"),
                reading.warnings());
    }

    @Test
    void relativeIncludeFileStartsFromItsFolder() throws IOException {
        Files.createDirectory(folder.folder().resolve("more"));
        folder.write("more/part.conf", "include file(\"sibling\")");
        folder.write("more/sibling.conf", "weir.drives.a { " + MEMORY + " }");

        assertEquals(1, folder.read("include file(\"more/part.conf\")").drives().size());
    }

    @Test
    void missingRequiredIncludeIsAFault() {
        List<String> faults = faults("\ninclude required(\"nix.conf\")\nweir {}");

        assertEquals(List.of("weir.conf:2: include nix.conf: no such file (" + folder.folder() + "/nix.conf)"), faults);
    }

    @Test
    void includedFolderIsAFault() throws IOException {
        Files.createDirectory(folder.folder().resolve("part.conf"));
        List<String> faults = faults("include \"part.conf\"\nweir.drives.a { " + MEMORY + " }");

        assertEquals(
                List.of("weir.conf:1: include part.conf: " + folder.folder() + "/part.conf is a directory, not a file"),
                faults);
    }

    @ParameterizedTest
    @CsvSource({
        "'include url(\"http://127.0.0.1:1/x\")', http://127.0.0.1:1/x",
        "'include \"http://127.0.0.1:1/x\"', http://127.0.0.1:1/x",
        "'include required(url(\"file:/etc/hosts\"))', file:/etc/hosts",
    })
    void urlIsNotIncluded(String include, String url) {
        assertEquals(
                List.of("weir.conf:1: include " + url + ": URLs are not read; fetch it into a file first"),
                faults(include + "\nweir.drives.a { " + MEMORY + " }"));
    }

    @Test
    void classPathIsNotIncluded() {
        assertEquals(
                List.of("weir.conf:1: include reference.conf: the class path is not read; name a file"),
                faults("include classpath(\"reference.conf\")\nweir.drives.a { " + MEMORY + " }"));
    }

    @Test
    void invalidInclude() {
        folder.write("part.conf", "\na = ]");
        List<String> faults = faults("include \"part.conf\"");

        assertEquals(1, faults.size());
        assertTrue(faults.get(0).startsWith("part.conf:2: is not HOCON: "), faults::toString);
    }

    @Test
    void cyclicIncludes() {
        folder.write("part.conf", "include \"weir.conf\"");
        List<String> faults = faults("include \"part.conf\"");

        assertEquals(1, faults.size());
        assertTrue(faults.get(0).contains("is included more than 50 files deep"), faults::toString);
    }

    @Test
    void otherFormatsThatTypesafeConfigReads() {
        folder.write("part.properties", "weir.drives.a.limits.bps = -5");

        assertEquals(
                List.of("part.properties: drives.a.limits.bps = -5: must be 0 (no limit) or more"),
                faults("include \"part\"\nweir.drives.a { " + MEMORY + " }"));
    }

    @Test
    void classPathIsNeverRead() {
        System.setProperty("weir.drives.b.policy", "slice");
        try {
            Reading reading = folder.read("weir.drives.a { " + MEMORY + " }");

            assertEquals(List.of(), reading.faults());
            assertFalse(reading.drives().stream().anyMatch(drive -> drive.name().equals("b")));
        } finally {
            System.clearProperty("weir.drives.b.policy");
        }
    }

    @Test
    void blockOptionIsPassedAsJson() {
        Reading fine =
                folder.read("base.port = 7\nweir.drives.a.backend { type = remote, host = h, node { driver = rbd,"
                        + " server = [${base} { host = m }], on = true } }");
        assertEquals(List.of(), fine.faults());
        assertEquals(
                "{\"driver\":\"rbd\",\"on\":true,\"server\":[{\"host\":\"m\",\"port\":7}]}",
                fine.drives().get(0).backendOptions().get("node"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rbd | weir.conf:1: drives.a.backend.node = rbd: must be a block { … }",
                "{ a = ${none} } | weir.conf:1: drives.a.backend.node: has a key that refers to a key or variable that is not set",
                "{ a = [${none}] } | weir.conf:1: drives.a.backend.node: has a key that refers to a key or variable that is not set",
            })
    void blockOptionThatIsNoBlock(String value, String fault) {
        assertEquals(List.of(fault), faults("weir.drives.a.backend { type = remote, host = h, node = " + value + " }"));
    }
}
