package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The manual page, the help and the completion list exactly the existing commands and options. */
class OptionListsTest {
    private static final Pattern OPTION = Pattern.compile("(?<![\\w/-])--?[a-zA-Z][a-z-]*");
    private static final Path SHARE = Path.of("src/main/dist/share");
    private static final int COLUMNS = 80;

    /** Options at the start of a line, where a help text explains them. */
    private static final Pattern EXPLAINED = Pattern.compile("(?m)^ {2}(?:(-\\w),| {3}) ?(--?[a-z-]+)");

    private static Set<String> names(Stream<Option> options) {
        return new TreeSet<>(options.flatMap(option -> option.names().stream()).toList());
    }

    private static Set<String> found(String text) {
        Set<String> found = new TreeSet<>();
        Matcher option = OPTION.matcher(text);
        while (option.find()) {
            found.add(option.group());
        }
        return found;
    }

    /** Returns bash's completions of the last word. */
    private static Set<String> completions(String... words) throws IOException {
        List<String> bash = new ArrayList<>(List.of(
                "bash",
                "-c",
                """
                . "$1"
                shift
                compopt() { :; }
                COMP_WORDS=(weir "$@") COMP_CWORD=$#
                _weir weir "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """,
                "bash",
                SHARE.resolve("bash-completion/completions/weir").toString()));
        bash.addAll(List.of(words));
        Process process = new ProcessBuilder(bash).redirectErrorStream(true).start();
        try (Stream<String> lines =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()) {
            return new TreeSet<>(lines.toList());
        }
    }

    /** The commands of the shell by their reference, without those that only a terminal has. */
    private static Set<String> shellCommands() throws IOException {
        Set<String> commands = new TreeSet<>();
        String reference = Files.readString(Path.of("../docs/reference/shell.md"));
        for (String line :
                reference.substring(0, reference.indexOf("\n`--save`")).lines().toList()) {
            if (line.startsWith("| `")) {
                String words = line.substring(0, line.indexOf(" |", 2));
                Pattern.compile("`([a-z-]+)").matcher(words).results().forEach(word -> commands.add(word.group(1)));
            }
        }
        commands.removeAll(Set.of("set", "rename", "remove", "show", "exit"));
        return commands;
    }

    @Test
    void manualAndCompletionKnowTheCommandsOfTheShell() throws IOException {
        Set<String> completed = completions("exec", "");
        completed.removeIf(word -> word.startsWith("--"));
        assertEquals(shellCommands(), completed);
        assertEquals(Set.of("fault", "faults"), completions("exec", "fau"));
        String page = Files.readString(SHARE.resolve("man/man1/weir.1")).replace("\\-", "-");
        String section = page.substring(page.indexOf(".SH SHELL COMMANDS"), page.indexOf(".SH ENVIRONMENT"));
        for (String command : shellCommands()) {
            assertTrue(
                    Pattern.compile("(?m)^\\.BI? " + command + "\\b")
                            .matcher(section.replaceAll("(?m)^\\.BR ", ".B "))
                            .find(),
                    command);
        }
    }

    @Test
    void manualListsEveryCommandAndOption() throws IOException {
        String page = Files.readString(SHARE.resolve("man/man1/weir.1")).replace("\\-", "-");
        assertEquals(names(Stream.of(Option.values())), found(page));
        for (Command command : Command.values()) {
            assertTrue(page.contains("\n.B " + command + "\n"), command::toString);
        }
    }

    @ParameterizedTest
    @EnumSource
    void helpExplainsTheOptionsOfItsCommand(Command command) {
        Set<String> explained = new TreeSet<>();
        EXPLAINED.matcher(HelpText.of(command)).results().forEach(match -> {
            explained.add(match.group(2));
            if (match.group(1) != null) {
                explained.add(match.group(1));
            }
        });
        assertEquals(names(command.options().stream()), explained);
        HelpText.of(command).lines().forEach(line -> assertTrue(line.length() <= COLUMNS, line));
        assertTrue(HelpText.of(Command.RUN).contains("\n  " + command + " "));
    }

    @ParameterizedTest
    @EnumSource
    void bashCompletesTheOptionsOfTheCommand(Command command) throws IOException {
        Set<String> expected = new TreeSet<>();
        command.options().forEach(option -> expected.add(option.toString()));
        assertEquals(expected, completions("--home", "/h", command.toString(), "-"));
    }

    @Test
    void bashCompletesCommandsAndPlaces() throws IOException {
        assertEquals(Set.of("stop", "status"), completions("st"));
        assertEquals(Set.of("src"), completions("run", "--home", "sr"));
        assertEquals(Set.of("pom.xml"), completions("--config", "pom"));
        assertEquals(Set.of(""), completions("-drive", ""));
        assertEquals(Set.of("--read-only"), completions("token", "add", "ansible", "--r"));
    }
}
