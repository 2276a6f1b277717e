package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.DoNotCall;
import dev.weir.shell.gogo.TestGogo;
import dev.weir.shell.remote.TestClient.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs commands end to end: client, channel, a real Gogo, commands and their converter. */
@Timeout(60)
final class GogoRequestTest {
    private static final String NAMES = "drives | grep vm";

    private final TestGogo gogo = new TestGogo();
    private final Path socket;
    private final ShellServer server;

    GogoRequestTest(@TempDir Path home) throws IOException {
        gogo.processor().addCommand("test", this, "both");
        gogo.processor().addCommand("test", this, "broken");
        gogo.processor().addCommand("test", this, "refused");
        socket = home.resolve("shell.sock");
        server = ShellServer.open(socket, "", frame -> new GogoRequest(gogo.processor(), frame.text()));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        gogo.close();
    }

    /** A command that prints, like those of other bundles. */
    public void both() {
        System.out.println("to out");
        System.err.println("to err");
    }

    /** A command with a bug. */
    @DoNotCall("it is a fault")
    public final void broken() {
        throw new IllegalStateException("it broke");
    }

    /** A command whose error repeats the name of a file. */
    @DoNotCall("it is a fault")
    public final void refused() {
        throw new IllegalArgumentException("gone\u001b[31m\u202e.img\nis missing");
    }

    private Answer execute(String line) throws IOException {
        return TestClient.ask(socket, 'X', line);
    }

    private static Answer out(String text) {
        return new Answer("", text, "", 0);
    }

    private static Answer err(String text) {
        return new Answer("", "", text, 1);
    }

    @Test
    void tableFitsTheTerminal() throws IOException {
        assertEquals(
                out(
                        """
                        DRIVE  ID  OP             OFFSET  LENGT…
                        vm1    41  read          1048576   4 Ki…
                        vm1    42  write_zeroes        0  32 Mi…

                        DRIVE  HELD BY         WAITING   BYTES …
                        vm1    bps                   1   4 KiB …
                        vm1    tenant-a: iops        1  32 MiB …
                        """),
                TestClient.ask(socket, 'X', "queue", "columns=40"));
    }

    @Test
    void pipedOutputIsNotCut() throws IOException {
        assertEquals(
                out(
                        """
                        DRIVE  ID  OP             OFFSET  LENGTH      AGE  HELD BY         GOES IN  CLIENT
                        vm1    41  read          1048576   4 KiB  12.3 ms  bps             87.5 ms  /run/nbd.sock#3
                        vm1    42  write_zeroes        0  32 MiB   1.5 µs  tenant-a: iops        -  /run/nbd.sock#3

                        DRIVE  HELD BY         WAITING   BYTES   OLDEST  ALL GO IN  RATE  REQ/S
                        vm1    bps                   1   4 KiB  12.3 ms    87.5 ms   0/s      0
                        vm1    tenant-a: iops        1  32 MiB   1.5 µs          -   0/s      0
                        """),
                execute("queue"));
    }

    @Test
    void scopeIsOptional() throws IOException {
        assertEquals(execute("timers"), execute("weir:timers"));
    }

    @Test
    void jsonIsALine() throws IOException {
        Answer answer = execute("queue vm1 --json");
        assertTrue(answer.out().contains("Z\",\"drive\":\"vm1\",\"id\":41,"), answer.out());
        assertEquals(1, answer.out().lines().count());
    }

    @Test
    void limitsUseConfigurationSyntax() throws IOException {
        assertEquals(0, execute("limits vm1 bps=1.5MiB iops=0").status());
        assertEquals(
                out(
                        """
                        LIMIT       RATE  BURST  FOR   OWED  BURST OWED  SET BY
                        bps    1536KiB/s      -    -  95 ms           -  shell
                        its share in a group: weight 3, min iops=100
                        until reload --restore; the configuration has bps=10MiB iops=500 iops_max=2000 iops_max_length=30s
                        """),
                execute("limits vm1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "drive vm9 ~ no drive \"vm9\"; there are vm1, scratch",
                "drive ~ drive: NAME is missing; usage: drive [ACTION] NAME [KEY=VALUE...] [--save] [--dry-run]"
                        + " [--delete-storage=NAME] [--json]",
                "drives --jsn ~ drives: invalid option '--jsn'; usage: drives [--json]",
                "drive 1e3 ~ no drive \"1e3\"; there are vm1, scratch",
                "drive null ~ no drive \"null\"; there are vm1, scratch",
                "foo ~ unknown command \"foo\"; try \"help\"",
                "weir:foo bar ~ unknown command \"weir:foo\"; try \"help\"",
                "help foo ~ unknown command \"foo\"; try \"help\"",
                "broken ~ java.lang.IllegalStateException: it broke",
            })
    void whatFailsIsSaidInALineOnStandardError(String line, String message) throws IOException {
        assertEquals(err("weir: " + message + "\n"), execute(line));
    }

    @Test
    void syntaxErrorIsReported() throws IOException {
        Answer answer = execute("drives {");
        assertEquals(1, answer.status());
        assertTrue(answer.err().startsWith("weir: cannot read \"drives {\": "), answer.err());
        assertFalse(answer.err().contains("quotes"), answer.err());
        Answer block = execute("drive set vm1 filters=[{ type = trace }]");
        assertTrue(block.err().endsWith("; put the whole word in quotes: 'filters=…'\n"), block.err());
    }

    @Test
    void emptyLineDoesNothing() throws IOException {
        assertEquals(out(""), execute(""));
    }

    @Test
    void outputGoesToItsStream() throws IOException {
        assertEquals(new Answer("", "to out\n", "to err\n", 0), execute("both"));
    }

    @Test
    void pipesWork() throws IOException {
        Answer answer = TestClient.ask(socket, 'X', NAMES, "columns=40");
        assertEquals(
                out("vm1      serving       2  bps, tenant-a: iops   0/s      0  bps=10MiB iops=500 iops_max=2000"
                        + " iops_max_length=30s  bucket  tenant-a  10 GiB  4.69 MiB  120 KiB\n"),
                answer);
    }

    @Test
    void emptyGrepFails() throws IOException {
        assertEquals(new Answer("", "", "", 1), execute("drives | grep nothing"));
    }

    @Test
    void pipeFailsWithItsFirstCommand() throws IOException {
        Answer answer = execute("drive vm9 | both");
        assertEquals(1, answer.status());
        assertTrue(answer.err().contains("no drive \"vm9\"; there are vm1, scratch"), answer.err());
    }

    @Test
    void everyStatementPrintsItsValue() throws IOException {
        assertEquals(out(execute("timers").out() + execute("queue").out()), execute("timers; queue"));
        assertEquals(out(execute("timers").out()), execute("timers || queue"));
        assertEquals(out(execute("timers").out() + execute("queue").out()), execute("timers && queue"));
        assertEquals(
                new Answer("", execute("queue").out(), "weir: unknown command \"nosuch\"; try \"help\"\n", 0),
                execute("nosuch || queue"));
        assertEquals(err("weir: unknown command \"nosuch\"; try \"help\"\n"), execute("nosuch; queue"));
    }

    @Test
    void anAnswerGoesIntoAFileOfTheClientsFolder(@TempDir Path folder) throws IOException {
        assertEquals(out(""), TestClient.ask(socket, 'X', "timers > file", "folder=" + folder));
        assertEquals(out(""), TestClient.ask(socket, 'X', "queue >> file", "folder=" + folder));
        String both = execute("timers").out() + execute("queue").out();
        assertEquals(both, Files.readString(folder.resolve("file")));
        assertEquals(out(both), TestClient.ask(socket, 'X', "cat < file", "folder=" + folder));
        assertEquals(
                err("weir: " + folder + "/none/file: no such file or folder\n"),
                TestClient.ask(socket, 'X', "cat < none/file", "folder=" + folder));
    }

    @Test
    void headAndTailTakeACount() throws IOException {
        String queue = execute("queue").out();
        assertEquals(out(queue.lines().findFirst().orElseThrow() + "\n"), execute("queue | head -1"));
        assertEquals(execute("queue | head -n 2"), execute("queue | head -2"));
        assertEquals(execute("queue | tail -n 1"), execute("queue | tail -1"));
    }

    @Test
    void missingFileIsNamedInWords(@TempDir Path folder) throws IOException {
        Answer answer = TestClient.ask(socket, 'X', "head none", "folder=" + folder);
        assertEquals(new Answer("", "", "head: none: no such file or folder\n", 1), answer);
    }

    @Test
    void failedCommandsOfAPipeAreNamed() throws IOException {
        String unknown = "weir: unknown command \"foo\"; try \"help\"\n";
        assertEquals(new Answer("", "", unknown, 1), execute("foo | grep vm"));
        assertEquals(new Answer("", "", unknown, 1), execute("foo | grep vm | grep v"));
        assertEquals(new Answer("", "", unknown, 1), execute("drives | foo"));
        assertEquals(new Answer("", "", unknown + unknown.replace("foo", "fop"), 1), execute("foo | fop"));
        assertTrue(execute("queue vm9 | grep vm").err().startsWith("weir: no drive or group \"vm9\""), "queue");
    }

    @Test
    void pipeThatEndsEarlyIsNoError() throws IOException {
        assertEquals("", execute("queue | head -n 1").err());
        assertEquals("", execute("help --all | grep -q drives").err());
    }

    @Test
    void grepCounts() throws IOException {
        assertEquals(out("4\n"), execute("queue | grep -c vm1"));
        assertEquals(out("3\n"), execute("queue | grep -v --count vm1"));
        assertEquals(out("2\n"), execute("queue | grep -ic drive"));
    }

    @Test
    void quietGrepGivesItsStatusOnly() throws IOException {
        assertEquals(out(""), execute("queue | grep -q vm1"));
        assertEquals(new Answer("", "", "", 1), execute("queue | grep -q vm9"));
    }

    @Test
    void wildcardsMatchNoFiles() throws IOException {
        assertEquals(err("weir: no drive \"*\"; there are vm1, scratch\n"), execute("drive *"));
        assertEquals(
                err("weir: no drive or group \"vm*\"; there are vm1, scratch, tenant-a, tenant-b\n"),
                execute("limits vm*"));
    }

    @Test
    void commandsThatNeedATerminalAreRefused() throws IOException {
        assertEquals(err("weir: \"history\" needs a terminal; open one with \"weir shell\"\n"), execute("history"));
        assertEquals(err("weir: \"clear\" needs a terminal; open one with \"weir shell\"\n"), execute("clear"));
        assertEquals(out(execute("queue").out()), execute("queue | less"));
    }

    @Test
    void frameworkCommandsNeedTheirScope() throws IOException {
        for (String name : List.of("stop", "uninstall", "refresh", "bundlelevel", "frameworklevel", "disable")) {
            Answer answer = execute(name + " 1");
            assertEquals(1, answer.status());
            assertTrue(answer.err().contains(" to run it"), answer.err());
        }
    }

    @Test
    void deeplyNestedBracketsAreRefused() throws IOException {
        Answer answer = execute("(".repeat(5000));
        assertEquals(1, answer.status());
        assertTrue(answer.err().endsWith("…\": brackets are nested deeper than 64\n"), answer.err());
        assertTrue(answer.err().length() < 300, answer.err());
    }

    /** Each call has two threads, and thousands of them took Weir down. */
    @Test
    void functionThatCallsItselfIsRefused() throws IOException {
        Answer answer = execute("f = { f }; f");
        assertEquals("weir: more than 64 commands run at once; does a function call itself?\n", answer.err());
        assertEquals(0, execute("drives").status());
    }

    /** The commands read whole lines into the memory of Weir, and an image has no end of a line. */
    @Test
    void imagesAndDevicesAreNotRead(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("image");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(17 << 20);
        }
        assertEquals(
                "cat: " + image + ": has 17825792 bytes: must have 16777216 at most; use a program outside of this"
                        + " shell\n",
                execute("cat " + image).err());
        assertEquals(
                "grep: /dev/zero: must be a file\n", execute("grep x /dev/zero").err());
    }

    @Test
    void errorsDoNotRepeatLongWords() throws IOException {
        Answer answer = execute("x".repeat(60_000));
        assertTrue(answer.err().length() < 1100, answer.err().length() + " characters");
    }

    @Test
    void longPipesAreRefused() throws IOException {
        Answer answer = execute("drives" + " | cat".repeat(64));
        assertEquals(1, answer.status());
        assertTrue(answer.err().endsWith("a pipe has more than 64 commands\n"), answer.err());
        answer = execute("f = { drives" + " | cat".repeat(64) + " }; f");
        assertEquals("weir: a pipe has 65 commands: must have 64 at most\n", answer.err());
        assertEquals(
                execute("drives").out(), execute("drives" + " | cat".repeat(63)).out());
    }

    @Test
    void helpOfACommandIsAnObject() throws IOException {
        String json = execute("help queue --json").out();
        assertTrue(json.contains("\"command\":\"weir:queue\",\"summary\":\"lists the waiting requests"), json);
    }

    @Test
    void sessionsAreIsolated() throws IOException {
        assertEquals(0, execute("secret = 1").status());
        assertEquals(out(""), execute("$secret"));
    }

    @Test
    void helpListsCommandsOnePerLine() throws IOException {
        String list = execute("help").out().replaceAll(" +", " ");
        assertTrue(
                list.contains(
                        "\nqueue lists the waiting requests: age, the limit that holds them, time until release\n"),
                list);
        assertFalse(list.contains("gogo:"), list);
        String all = execute("help --all").out().replaceAll(" +", " ");
        assertTrue(all.contains("\ngogo:grep -\n"), all);
        assertEquals(execute("queue --help"), execute("help queue"));
        assertEquals(execute("queue --help"), execute("help weir:queue"));
        Answer grep = execute("help grep");
        assertTrue(grep.err().contains("Usage: grep"), grep.err());
        assertEquals(err("weir: no help for \"both\"\n"), execute("help both"));
    }

    @Test
    void deadClientInterruptsItsCommand() throws Exception {
        TestClient client = new TestClient(socket);
        client.send('H', "protocol=1");
        client.send('X', "hang");
        gogo.awaitHanging();
        client.close();
        gogo.awaitInterrupted();
    }

    @Test
    void shellStopInterruptsCommands() throws Exception {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', "protocol=1");
            client.send('X', "hang");
            gogo.awaitHanging();
            server.close();
            gogo.awaitInterrupted();
            client.awaitEnd();
        }
    }

    @Test
    void errorsHaveNoControlCharacters() throws IOException {
        assertEquals(err("weir: gone?[31m?.img\nis missing\n"), execute("refused"));
    }
}
