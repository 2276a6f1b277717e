package dev.weir.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Finds the line of an include, which Typesafe Config does not report. */
final class IncludeLine {
    private IncludeLine() {}

    /**
     * Returns the place of an include, or that of the whole file if the line is not found.
     *
     * @param folder folder of the including file
     * @param name included name as written
     * @param files files that were read
     */
    static Place find(Path folder, String name, Collection<Path> files, FileSource source) {
        return files.stream()
                .filter(file -> folder.normalize().equals(file.getParent()) && Files.isRegularFile(file))
                .sorted()
                .map(file -> source.place(file.toString(), line(file, name)))
                .filter(place -> place.line() > 0)
                .findFirst()
                .orElseGet(source::place);
    }

    private static int line(Path file, String name) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            String written = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                int include = line.indexOf("include");
                if (include >= 0 && line.indexOf('"' + written + '"', include) > 0) {
                    return i + 1;
                }
            }
            return 0;
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }
}
