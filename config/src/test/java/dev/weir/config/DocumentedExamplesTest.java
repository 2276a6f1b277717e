package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every configuration in README and docs/ is valid, except for the deliberate errors. */
final class DocumentedExamplesTest {
    private static final Path SOURCES = Path.of("..");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)(<!-- file: wrong[^>]*>\\s+)?```hocon\\n(.*?)```");

    private final Path folder;

    DocumentedExamplesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(SOURCES.resolve("README.md")));
        try (Stream<Path> files = Files.walk(SOURCES.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    @Test
    void documentedExamplesAreValid() throws IOException {
        for (String key : List.of("server-cert.pem", "server-key.pem", "ca-cert.pem", "keys.psk")) {
            Files.writeString(folder.resolve(key), "x");
        }
        int examples = 0;
        for (Path page : pages()) {
            Matcher example = EXAMPLE.matcher(Files.readString(page));
            while (example.find()) {
                if (example.group(1) == null) {
                    Reading reading = new ConfigFolder(folder).read(example.group(2));
                    List<String> faults = reading.faults().stream()
                            .filter(fault -> !fault.endsWith("is not a group of this machine"))
                            .toList();
                    assertEquals(List.of(), faults, () -> page + ": " + example.group(2));
                    examples++;
                }
            }
        }
        assertTrue(examples > 10, "found " + examples);
    }
}
