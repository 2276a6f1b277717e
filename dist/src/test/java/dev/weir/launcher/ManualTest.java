package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The manual page lists exactly the existing commands and options. */
class ManualTest {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w/-])--?[a-zA-Z][a-z-]*");

    private static void addOptions(CommandSpec command, Set<String> options) {
        command.options().forEach(option -> options.addAll(Set.of(option.names())));
        command.subcommands().values().forEach(each -> addOptions(each.getCommandSpec(), options));
    }

    @Test
    void manualListsEveryOption() throws IOException {
        String page =
                Files.readString(Path.of("src/main/dist/share/man/man1/weir.1")).replace("\\-", "-");
        CommandSpec weir = new CommandLine(new WeirCommand()).getCommandSpec();
        Set<String> options = new TreeSet<>();
        addOptions(weir, options);
        Set<String> written = new TreeSet<>();
        Matcher option = OPTION.matcher(page);
        while (option.find()) {
            written.add(option.group());
        }
        assertEquals(options, written);
        for (String command : weir.subcommands().keySet()) {
            assertTrue(page.contains("\n.B " + command + "\n"), command);
        }
    }
}
