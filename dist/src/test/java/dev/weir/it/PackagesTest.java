package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The packages import each other without circles, and as the page of the architecture says. */
class PackagesTest {
    private static final Path SOURCES = Path.of("").toAbsolutePath().getParent();
    private static final Path PAGE = SOURCES.resolve("docs/design/architecture.md");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?(dev\\.weir[\\w.]*);");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** Modules that may use all others, or that no bundle is made of. */
    private static final Set<String> ABOVE_ALL = Set.of("junit", "testkit", "examples", "bundle", "dist", "bench");

    /** The module of each package. */
    private static final Map<String, String> MODULES = new HashMap<>();

    /** The packages that each package imports. */
    private static final Map<String, Set<String>> IMPORTS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        Map<String, String> texts = new HashMap<>();
        try (Stream<Path> folders = Files.list(SOURCES)) {
            for (Path folder : folders.filter(each -> Files.isDirectory(each.resolve("src/main/java")))
                    .toList()) {
                try (Stream<Path> files = Files.walk(folder.resolve("src/main/java"))) {
                    for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                            .toList()) {
                        String text = Files.readString(file);
                        String name = matches(PACKAGE, text).findFirst().orElseThrow();
                        MODULES.put(name, folder.getFileName().toString());
                        texts.merge(name, text, String::concat);
                    }
                }
            }
        }
        texts.forEach((name, text) -> {
            Set<String> imported = new TreeSet<>();
            matches(IMPORT, text).forEach(type -> imported.add(packageOf(type)));
            imported.remove(name);
            IMPORTS.put(name, imported);
        });
    }

    private static Stream<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1));
    }

    /** Returns the package of a type or of its member. */
    private static String packageOf(String type) {
        return MODULES.keySet().stream()
                .filter(name -> type.startsWith(name + "."))
                .max(Comparator.comparingInt(String::length))
                .orElseThrow(() -> new AssertionError(type));
    }

    @Test
    void packagesFormNoCircle() {
        Map<String, Set<String>> left = new TreeMap<>(IMPORTS);
        // a package that imports none of those left is in no circle
        while (left.values().removeIf(imported -> imported.stream().noneMatch(left::containsKey))) {}
        left.values().forEach(imported -> imported.retainAll(left.keySet()));
        assertEquals(Map.of(), left);
    }

    @Test
    void modulesDependAsThePageSays() throws IOException {
        Map<String, Set<String>> found = new TreeMap<>();
        IMPORTS.forEach((name, imported) -> {
            Set<String> modules = found.computeIfAbsent(MODULES.get(name), module -> new TreeSet<>());
            imported.forEach(each -> modules.add(MODULES.get(each)));
            modules.remove(MODULES.get(name));
        });
        found.keySet().removeAll(ABOVE_ALL);
        Map<String, Set<String>> written = new TreeMap<>();
        for (String[] row : rows("| folder |")) {
            Set<String> modules = new TreeSet<>(List.of(row[4].strip().split("[ ,;]+")));
            modules.retainAll(MODULES.values());
            matches(NAME, row[1])
                    .filter(module -> !ABOVE_ALL.contains(module))
                    .forEach(module -> written.put(module, modules));
        }
        assertEquals(written, found);
    }

    @Test
    void pageListsEveryPackage() throws IOException {
        Set<String> written = new TreeSet<>();
        for (String[] row : rows("| package |")) {
            List<String> names = matches(NAME, row[1]).toList();
            for (String name : names) {
                written.add(name.startsWith(".") ? relative(names.get(0), name) : name);
            }
        }
        Set<String> bundled = new TreeSet<>(MODULES.keySet());
        bundled.removeIf(name ->
                ABOVE_ALL.contains(MODULES.get(name)) && !MODULES.get(name).equals("dist"));
        assertEquals(String.join("\n", bundled), String.join("\n", written));
    }

    /** Returns a package below another one, or beside it. */
    private static String relative(String base, String end) {
        String below = base + end;
        return MODULES.containsKey(below) ? below : base.substring(0, base.lastIndexOf('.')) + end;
    }

    /** Returns the cells of the table with a header. */
    private static List<String[]> rows(String header) throws IOException {
        String text = Files.readString(PAGE);
        Matcher table = Pattern.compile("(?m)^" + Pattern.quote(header) + ".*\\n.*\\n((?:\\|.*\\n)+)")
                .matcher(text);
        assertTrue(table.find(), header);
        MatchResult rows = table.toMatchResult();
        return rows.group(1).lines().map(row -> row.split("\\|", -1)).toList();
    }
}
