package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Any file and any {@code -drive} give a configuration or errors, and never an exception. Coverage guides Jazzer;
 * docs/evidence/fuzzing.md has the command for a longer run.
 */
class ConfigFuzzTest {

    /** The first line is the command line. The rest is the file. */
    @FuzzTest(maxDuration = "10s")
    void whateverIsWritten(byte[] input) throws IOException {
        String text = new String(input, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        Path folder = Files.createTempDirectory("weir-fuzz");
        Path file = Files.writeString(folder.resolve("weir.conf"), text.substring(end + 1));
        try {
            List<String> drives = end <= 0 ? List.of() : List.of(text.substring(0, end));
            Reading reading = ConfigFolder.read(new Inputs(folder, folder, file, drives, List.of()), TestTypes.ALL);
            for (String line : reading.faults()) {
                assertFalse(line.isBlank());
                assertEquals(-1, line.indexOf('\n'), line);
            }
        } finally {
            Files.delete(file);
            Files.delete(folder);
        }
    }
}
