package dev.weir.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Finds the line of an include, which Typesafe Config does not report. */
final class IncludeLine {
    private IncludeLine() {}

    /**
     * Returns the place of an include, or that of the whole file if the line is not found.
     *
     * @param folder folder of the including file
     * @param name included name as written
     * @param texts texts of the files that were read
     */
    static Place find(Path folder, String name, Map<Path, String> texts, FileSource source) {
        return texts.entrySet().stream()
                .filter(file -> folder.normalize().equals(file.getKey().getParent()))
                .sorted(Map.Entry.comparingByKey())
                .map(file -> source.place(file.getKey().toString(), line(file.getValue(), name)))
                .filter(place -> place.line() > 0)
                .findFirst()
                .orElseGet(source::place);
    }

    private static int line(String text, String name) {
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int include = line.indexOf("include");
            if (include >= 0 && line.indexOf('"' + name + '"', include) > 0) {
                return i + 1;
            }
        }
        return 0;
    }
}
