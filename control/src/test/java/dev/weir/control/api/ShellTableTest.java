package dev.weir.control.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.control.EngineFixture;
import dev.weir.control.route.OpenApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the table of shell commands and operations with the routes and with the commands of the shell's page. */
final class ShellTableTest {
    private static final Path TABLE = Path.of("../docs/reference/bundles/control.md");
    private static final Path COMMANDS = Path.of("../docs/reference/shell.md");
    private static final Pattern OPERATION = Pattern.compile("`([A-Z]+ /[^`]*)`");
    private static final Pattern COMMAND = Pattern.compile("`([a-z][a-z-]*)[^`]*`");

    /** Returns the cells of the table that follows a header. */
    private static List<String[]> rows(Path page, String header) throws IOException {
        String text = Files.readString(page);
        int at = text.indexOf(header);
        assertTrue(at >= 0, () -> page + " has no " + header);
        return text.substring(at)
                .lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("(?<!\\\\)\\|", -1))
                .toList();
    }

    private static List<String> found(Pattern pattern, String cell) {
        return pattern.matcher(cell)
                .results()
                .map(each -> each.group(1))
                .map(text -> text.replaceFirst("\\?.*", ""))
                .toList();
    }

    @Test
    void operationsHaveTheirCommands(@TempDir Path folder) throws IOException {
        List<String> listed = new ArrayList<>();
        for (String[] row : rows(TABLE, "| shell | API |")) {
            listed.addAll(found(OPERATION, row[2]));
        }
        try (EngineFixture weir = new EngineFixture(folder)) {
            Set<String> routes = OpenApi.withItself(Api.routes(weir.services()), "1.0").stream()
                    .map(route -> route.method() + " " + route.template())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(String.join("\n", routes), listed.stream().sorted().collect(Collectors.joining("\n")));
        }
    }

    @Test
    void commandsHaveTheirOperations() throws IOException {
        Set<String> known = new TreeSet<>();
        for (String[] row : rows(COMMANDS, "| command | effect |")) {
            known.addAll(found(COMMAND, row[1]));
        }
        known.removeAll(Set.of("set", "rename", "remove", "show")); // actions of the command before them
        Set<String> listed = new TreeSet<>();
        for (String[] row : rows(TABLE, "| shell | API |")) {
            listed.addAll(found(COMMAND, row[1]));
        }
        listed.remove("weir"); // commands of the program
        assertEquals(known, listed);
    }
}
