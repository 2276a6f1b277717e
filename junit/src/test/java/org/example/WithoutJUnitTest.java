package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drive in a process without JUnit. */
class WithoutJUnitTest {
    private static final Pattern JUNIT = Pattern.compile(".*/(junit-|jqwik|opentest4j|apiguardian)[^/]*\\.jar");

    private static String run(Path temporary) throws IOException {
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !JUNIT.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        classPath,
                        WithoutJUnit.class.getName())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<Path> left(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.toList();
        }
    }

    @Test
    void needsNoJUnitOnItsClassPath(@TempDir Path temporary) throws IOException {
        String output = run(temporary);
        assertTrue(output.contains("written: 4096"), output);
        assertEquals(List.of(), left(temporary));
    }

    @Test
    void tooLongSocketPathLeavesNoFolder(@TempDir Path temporary) throws IOException {
        Path deep = Files.createDirectories(temporary.resolve("d".repeat(120)));
        String output = run(deep);
        assertTrue(output.contains("IOException"), output);
        assertEquals(List.of(), left(deep));
    }
}
