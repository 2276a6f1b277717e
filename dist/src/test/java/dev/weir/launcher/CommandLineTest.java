package dev.weir.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines, their values and their errors. */
class CommandLineTest {
    private static CommandLine parse(String line) throws UsageException {
        return new CommandLine(line.isEmpty() ? new String[0] : line.split(" "));
    }

    private static void assertRefused(String line, String message) {
        assertEquals(
                message,
                assertThrows(UsageException.class, () -> parse(line), line).getMessage());
    }

    @Test
    void runIsTheDefault() throws UsageException {
        for (String line : List.of("", "run")) {
            CommandLine none = parse(line);
            assertEquals(Command.RUN, none.command());
            assertNull(none.value(Option.HOME));
            assertNull(none.value(Option.CONFIG));
            assertEquals(List.of(), none.values(Option.DRIVE));
            assertFalse(none.has(Option.NO_SHELL));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--home /h --config f --no-shell -drive id=a,bps=1 -drive id=b --listen unix:/a",
                "--home /h run -drive id=a,bps=1 -drive id=b --config f --listen unix:/a --no-shell",
                "run --config=f --home=/h -drive=id=a,bps=1 --listen=unix:/a --no-shell -drive id=b"
            })
    void optionsOfRunHaveAnyOrder(String line) throws UsageException {
        CommandLine run = parse(line);
        assertEquals("/h", run.value(Option.HOME));
        assertEquals("f", run.value(Option.CONFIG));
        assertEquals(List.of("id=a,bps=1", "id=b"), run.values(Option.DRIVE));
        assertEquals(List.of("unix:/a"), run.values(Option.LISTEN));
        assertTrue(run.has(Option.NO_SHELL));
    }

    @ParameterizedTest
    @CsvSource({
        "exec queue vm1 --home /h, queue vm1, /h",
        "exec queue vm1 --home=/h, queue vm1, /h",
        "exec --home /h queue --json, queue --json, /h",
        "--home /h exec queue, queue, /h",
        "--home=/h exec -- -x, -x, /h",
        "exec queue --home vm1 /h, queue --home vm1 /h,",
        "exec drives --help, drives --help,",
        "exec drives --home, drives --home,"
    })
    void wordsOfExecBelongToTheShell(String line, String words, String home) throws UsageException {
        CommandLine exec = parse(line);
        assertEquals(Command.EXEC, exec.command());
        assertEquals(words, exec.line());
        assertEquals(home, exec.value(Option.HOME));
    }

    @Test
    void valueInBracketsStaysOneWord() throws UsageException {
        String filters = "filters=[{ type = trace, slower-than = 5ms }]";
        assertEquals(
                "drive set vm1 '" + filters + "' 'backend={ size = 1M }' bps=1M",
                new CommandLine("exec", "drive", "set", "vm1", filters, "backend={ size = 1M }", "bps=1M").line());
        assertEquals("drive set vm1 " + filters, new CommandLine("exec", "drive set vm1 " + filters).line());
        for (String word : List.of("| grep vm1", "'filters=[{ }]'", "filters=['a']", "filters=[{ a", "[{ a = 1 }]")) {
            assertEquals("drive " + word, new CommandLine("exec", "drive", word).line());
        }
    }

    @Test
    void helpAndVersionNeedNothingElse() throws UsageException {
        assertTrue(parse("--help").has(Option.HELP));
        assertTrue(parse("-V").has(Option.VERSION));
        CommandLine exec = parse("exec -h");
        assertEquals(Command.EXEC, exec.command());
        assertTrue(exec.has(Option.HELP));
        assertEquals(Command.STATUS, parse("--help status").command());
        assertTrue(parse("status --json").has(Option.JSON));
    }

    @Test
    void errorsNameTheWordAndTheRule() {
        assertRefused(
                "sttus",
                "unknown command \"sttus\"; choose from run, exec, shell, token, console, status, stop;"
                        + " \"weir exec\" runs a command of the shell");
        assertRefused(
                "--drive a",
                "unknown option --drive of run; choose from --home, --config, -drive, --listen, --no-shell, --help,"
                        + " --version");
        assertRefused("stop --json", "unknown option --json of stop; choose from --home, --help, --version");
        assertRefused("exec -x", "unknown option -x of exec; choose from --home, --help, --version");
        assertRefused("--config f exec drives", "--config must come after exec");
        assertRefused("stop x", "stop takes no argument \"x\"");
        assertRefused("run run", "run takes no argument \"run\"");
        assertRefused("exec", "exec needs a command of the shell, for example weir exec drives");
        assertRefused("exec --home /h", "exec needs a command of the shell, for example weir exec drives");
    }

    @Test
    void valuesAreNeitherMissingNorDouble() {
        assertRefused("--config", "--config needs a value: --config FILE");
        assertRefused("--listen --no-shell", "--listen needs a value: --listen ADDRESS");
        assertRefused("--home= status", "--home needs a value: --home DIR");
        assertRefused("status --json=yes", "--json takes no value");
        assertRefused("--no-shell --no-shell", "--no-shell is given twice");
        assertRefused("--home /a exec drives --home /b", "--home is given twice");
    }
}
