package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that exceed the bounds of a reading: file count, size, nesting and endless input. */
final class BoundsTest {
    private static final String DRIVE = "weir.drives.a.backend { type = memory, size = 1M }\n";

    private final ConfigFolder folder;

    BoundsTest(@TempDir Path folder) {
        this.folder = new ConfigFolder(folder);
    }

    /** Each step repeats the step before it twice. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a0 = xxxxxxxx | a%2$d = ${a%1$d}${a%1$d}",
                "a0 = [1] | a%2$d = [${a%1$d}, ${a%1$d}]",
                "a0 = [1] | a%2$d = ${a%1$d} ${a%1$d}",
                "a0 { x = 1 } | a%2$d { x = ${a%1$d}, y = ${a%1$d} }",
                "a0 { x = xxxxxxxx } | a%2$d { x = ${a%1$d.x}${a%1$d.x} }",
                "a = [1] | a = ${a}${a}",
                "a = [1] | a = ${?a}${?a}",
                "a.b = x | a.b = ${a.b}${a.b}",
                "weir.drives.a.description = x | weir.drives.a.description = ${weir.drives.a.description}\" \"${weir.drives.a.description}",
            })
    void bombIsAFault(String first, String step) {
        String bomb = first + "\n"
                + IntStream.range(0, 60)
                        .mapToObj(i -> step.formatted(i, i + 1))
                        .collect(Collectors.joining("\n"))
                        .replace("%1$d", "0");
        List<String> faults = folder.read(DRIVE + bomb).faults();

        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).matches("weir.conf: substitutions expand .* to more than 32 MiB"), faults::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a0 = x | a%2$d = ${a%1$d}x",
                "a = [1] | a += ${?PATH}",
                "a { x = 1 } | a = ${a} { y = 1 }",
                "a0 { x = 1 } | a%2$d = ${a%1$d} { y%2$d = 1 }",
                "a = x | a = ${a}x",
                "base.backend { type = memory, size = 1M } | weir.drives.b%2$d = ${base} { limits.bps = ${?nix} }",
            })
    void chainOfSubstitutionsIsFine(String first, String step) {
        String chain = first + "\n"
                + IntStream.range(0, 60).mapToObj(i -> step.formatted(i, i + 1)).collect(Collectors.joining("\n"));

        assertEquals(List.of(), folder.read(DRIVE + chain).faults());
    }

    @Test
    void includesThatMultiplyEnd() {
        for (int i = 0; i < 40; i++) {
            String next = "include \"" + (i + 1) + ".conf\"\n";
            folder.write(i + ".conf", next + next);
        }
        List<String> faults = folder.read(DRIVE + "include \"0.conf\"").faults();

        assertTrue(
                faults.get(0).contains("exceeds the limit; at most 1000 files are read, and each include counts"),
                faults::toString);
        assertTrue(faults.size() <= 101, faults::toString);
    }

    @Test
    void largeFileIsAFault() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.file().toFile(), "rw")) {
            file.setLength(150L << 20);
        }
        assertEquals(
                List.of(folder.file() + ": is too large; at most 16 MiB are read in all"),
                ConfigFolder.read(folder.inputs(List.of(), List.of()), TestTypes.ALL)
                        .faults());
        assertEquals(
                List.of("weir.conf:1: include large.conf: " + folder.folder()
                        + "/large.conf is too large; at most 16 MiB are read in all"),
                folder.write("large.conf", "#" + "x".repeat(16 << 20))
                        .read("include \"large.conf\"\n" + DRIVE)
                        .faults());
    }

    @Test
    void includedPipeIsAFault() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("mkfifo", folder.folder() + "/pipe.conf")
                        .start()
                        .waitFor());

        assertEquals(
                List.of("weir.conf:1: include pipe.conf: " + folder.folder()
                        + "/pipe.conf is a device, pipe or socket, not a file"),
                folder.read("include \"pipe.conf\"\n" + DRIVE).faults());
    }

    /** Reading /proc/kmsg blocks, and a file of /proc has no size. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/kmsg", "/proc/self/environ", "/sys/kernel/mm/transparent_hugepage/enabled"})
    void includedFileOfTheKernelIsAFault(String file) {
        assumeTrue(Files.isReadable(Path.of(file)));
        Reading reading = folder.read("include \"" + file + "\"\n" + DRIVE);

        assertEquals(
                List.of("weir.conf:1: include " + file + ": " + file + " is a file of the kernel, not one of a disk"),
                reading.faults());
        assertFalse(reading.files().contains(Path.of(file)), "the watch would read it");
    }

    /** Its size says nothing about the bytes that a reader gets. */
    @Test
    void configurationInTheKernelIsAFault() {
        Path file = Path.of("/proc/self/environ");
        Inputs inputs = new Inputs(ConfigFolder.HOME, ConfigFolder.CWD, file, List.of(), List.of());

        assertEquals(
                List.of(file + ": is a file of the kernel, not one of a disk"),
                ConfigFolder.read(inputs, TestTypes.ALL).faults());
    }

    @Test
    void pipeThatIsNamedIsReadOnce() throws Exception {
        Path pipe = folder.folder().resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Inputs inputs = new Inputs(ConfigFolder.HOME, ConfigFolder.CWD, pipe, List.of(), List.of());
        PipeText text = new PipeText();
        folder.write("part.conf", DRIVE);
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, "\ninclude \"part\"\nweir.drives.b.limits.bps = -1");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        writer.start();
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    List.of(
                            "pipe:3: drives.b.backend.type: must be set; choose from file, memory, remote",
                            "pipe:3: drives.b.limits.bps = -1: must be 0 (no limit) or more"),
                    ConfigurationReader.read(inputs, TestTypes.ALL, Running.NONE, text)
                            .faults());
        }
        writer.join();
    }

    @Test
    void endlessFileIsAFault() {
        Inputs inputs = new Inputs(ConfigFolder.HOME, ConfigFolder.CWD, Path.of("/dev/zero"), List.of(), List.of());

        assertEquals(
                List.of("/dev/zero: cannot be read: more than 16 MiB"),
                ConfigFolder.read(inputs, TestTypes.ALL).faults());
    }

    @Test
    void manyFaultsAreCounted() {
        String faults = IntStream.range(0, 5000).mapToObj(i -> "k" + i + " = 1").collect(Collectors.joining("\n"));
        List<String> lines = folder.read("weir {\n" + faults + "\n}").faults();

        assertEquals(101, lines.size());
        assertEquals("and 4900 more faults", lines.get(100));
    }
}
