package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.it.DocPage.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the commands of README and docs/ as they are written. */
class DocsIT {
    private static final Path SOURCES = Path.of("").toAbsolutePath().getParent();
    private static final Pattern LINK = Pattern.compile("]\\(([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    /** Returns README and the pages for users; decisions are history. */
    static List<Path> pages() throws IOException {
        List<Path> pages =
                new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md")));
        try (Stream<Path> files = Files.walk(SOURCES.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md"))
                    .map(SOURCES::relativize)
                    .sorted()
                    .forEach(pages::add);
        }
        return pages;
    }

    static Stream<Path> pagesWithCommands() throws IOException {
        List<Path> pages = new ArrayList<>();
        for (Path page : pages()) {
            boolean runs = DocPage.read(SOURCES.resolve(page)).blocks().stream()
                    .anyMatch(block -> block.isCommands() && block.mark("not run") == null);
            if (runs && !page.startsWith("docs/design/decisions")) {
                pages.add(page);
            }
        }
        return pages.stream();
    }

    @ParameterizedTest
    @MethodSource("pagesWithCommands")
    @DisabledIfSystemProperty(named = "weir.again", matches = "true", disabledReason = Client.ONCE)
    void documentedCommandsWork(Path page, @TempDir Path folder) throws IOException, InterruptedException {
        try (Reader reader = new Reader(DocPage.read(SOURCES.resolve(page)), folder)) {
            reader.follow();
        }
    }

    @Test
    void skippedCommandsHaveAReason() throws IOException {
        int commands = 0;
        for (Path page : pages()) {
            for (Block block : DocPage.read(SOURCES.resolve(page)).blocks()) {
                String reason = block.mark("not run");
                assertTrue(reason == null || reason.split(" ").length > 2, () -> page + ":" + block.line());
                commands += block.isCommands() ? 1 : 0;
            }
        }
        assertTrue(commands > 20, "found " + commands);
    }

    /** Java in a page is part of a source that is compiled and tested. */
    @ParameterizedTest
    @MethodSource("pages")
    void documentedJavaMatchesTheSources(Path page) throws IOException {
        for (Block block : DocPage.read(SOURCES.resolve(page)).blocks()) {
            String where = page + ":" + block.line();
            String source = block.mark("from");
            assertTrue(source != null || !block.language().equals("java"), () -> where + " is from nowhere");
            if (source != null) {
                String text = Files.readString(SOURCES.resolve(source));
                assertTrue(unindented(text).contains(unindented(block.text())), () -> where + " is not in " + source);
            }
        }
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksResolve(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        Path path = SOURCES.resolve(page);
        Matcher link = LINK.matcher(Files.readString(path));
        while (link.find()) {
            if (!link.group(1).contains("://") && !resolves(path, link.group(1), link.group(2))) {
                broken.add(link.group());
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean resolves(Path page, String file, @Nullable String heading) throws IOException {
        Path target = file.isEmpty() ? page : page.resolveSibling(file);
        return Files.exists(target) && (heading == null || anchors(target).contains(heading));
    }

    /** Returns the anchors of a page's headings, as GitHub makes them. */
    private static Set<String> anchors(Path page) throws IOException {
        String text = FENCED.matcher(Files.readString(page)).replaceAll("");
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", ""))
                .map(heading -> heading.replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void indexListsEveryPage() throws IOException {
        String index = Files.readString(SOURCES.resolve("docs/README.md"));
        List<String> missing = pages().stream()
                .filter(page -> page.startsWith("docs") && !page.endsWith("README.md"))
                .map(page -> Path.of("docs").relativize(page).toString())
                .filter(page -> !page.contains("decisions/") && !page.matches("evidence/\\d.*"))
                .filter(page -> !index.contains("(" + page))
                .toList();
        assertEquals(List.of(), missing);
    }
}
