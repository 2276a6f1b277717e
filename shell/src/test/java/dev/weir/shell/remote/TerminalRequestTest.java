package dev.weir.shell.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.gogo.CommandCompleter;
import dev.weir.shell.gogo.TestGogo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs interactive shells over the channel, each with a real Gogo. */
@Timeout(60)
final class TerminalRequestTest {
    private static final String HELLO = "protocol=1\nterm=xterm\ncolumns=60\nlines=20\nno_color=1";

    private final TestGogo gogo = new TestGogo();
    private final Path socket;
    private final Path history;
    private final ShellServer server;

    TerminalRequestTest(@TempDir Path home) throws IOException {
        socket = home.resolve("shell.sock");
        history = home.resolve("history");
        server = ShellServer.open(
                socket,
                "",
                frame -> frame.type() == Frame.SESSION
                        ? new TerminalRequest(
                                gogo.processor(), session -> new CommandCompleter(gogo.services(), session), history)
                        : new GogoRequest(gogo.processor(), frame.text()));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        gogo.close();
    }

    private TestClient attend() throws IOException {
        TestClient client = new TestClient(socket);
        client.send('H', HELLO);
        client.send('S', "");
        return client;
    }

    @Test
    void linesAreEditedCompletedAndExecuted() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            // erases a superfluous word and completes the drive's name
            client.send('I', "quex\u007f\tv\t\r");
            String shown = client.awaitOut("weir> ");
            assertTrue(shown.contains("vm1    41  read          1048576   4 KiB  12.3 ms"), shown);
            client.send('I', "exit\r");
            assertEquals(0, client.answer().status());
        }
        assertTrue(Files.readString(history).contains("queue vm1"));
    }

    @Test
    void noTextIsBlackOnADarkTerminal() throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send('H', HELLO.replace("\nno_color=1", ""));
            client.send('S', "");
            String shown = client.awaitOut("weir> ");
            client.send('I', "queue 'vm1' | grep write\r");
            TestScreen screen = new TestScreen(shown + client.awaitOut("weir> "));
            assertTrue(screen.coloured() > 0, () -> screen.lines().toString());
            assertEquals(0, screen.black(), () -> screen.lines().toString());
        }
    }

    @Test
    void noColorRemovesAllColours() throws IOException {
        try (TestClient client = attend()) {
            String shown = client.awaitOut("weir> ");
            client.send('I', "queue 'vm1' | grep write\r");
            TestScreen screen = new TestScreen(shown + client.awaitOut("weir> "));
            assertEquals(0, screen.coloured(), () -> screen.lines().toString());
        }
    }

    @Test
    void deeplyNestedBracketsAreEditable() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "(".repeat(2000) + "\t\r");
            client.awaitOut("nested deeper than 64");
            client.send('I', "drives\r");
            assertTrue(client.awaitOut("scratch").contains("vm1"));
        }
    }

    @Test
    void endOfInputLeavesTheShell() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "\u0004");
            assertEquals(0, client.answer().status());
        }
    }

    @Test
    void failedCommandKeepsTheShell() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "nonsense\r");
            assertTrue(client.awaitOut("weir> ").contains("weir: unknown command \"nonsense\"; try \"help\""));
        }
    }

    @Test
    void tablesFollowTheWindowSize() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('W', "columns=40\nlines=20");
            client.send('I', "queue\r");
            String shown = client.awaitOut("LENGT…");
            assertTrue(shown.contains("DRIVE  ID  OP             OFFSET  LENGT…"), shown);
        }
    }

    @Test
    void ctrlCInterruptsOnlyTheCommand() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r");
            gogo.awaitHanging();
            client.send('I', "\u0003");
            gogo.awaitInterrupted();
            client.awaitOut("weir: interrupted");
            client.awaitOut("weir> ");
            client.send('I', "drives\r");
            assertTrue(client.awaitOut("scratch").contains("vm1"));
        }
    }

    @RepeatedTest(20)
    void screenSurvivesAnInterruptOfAWritingCommand() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "chatter\r");
            gogo.awaitHanging();
            client.awaitOut("and on");
            client.send('I', "\u0003");
            client.awaitOut("weir: interrupted");
            client.awaitOut("weir> ");
            client.send('I', "drives\r");
            client.awaitOut("scratch  ");
        }
    }

    @RepeatedTest(20)
    void aCommandMayBeInterruptedBeforeItHasBegun(RepetitionInfo repetition) throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r");
            TimeUnit.MICROSECONDS.sleep(100L * repetition.getCurrentRepetition());
            client.send('I', "\u0003");
            client.awaitOut("weir> ");
            client.send('I', "drives\r");
            client.awaitOut("scratch  ");
        }
    }

    @RepeatedTest(20)
    void interruptOvertakesNoTypedLine() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r\u0003");
            client.awaitOut("weir> ");
            client.send('I', "drives\r");
            client.awaitOut("scratch  ");
        }
    }

    @Test
    void hangingClientAffectsNoOther() throws Exception {
        try (TestClient other = attend()) {
            TestClient hanging = attend();
            hanging.awaitOut("weir> ");
            hanging.send('I', "hang\r");
            gogo.awaitHanging();
            hanging.send('I', "x".repeat(10_000));
            other.awaitOut("weir> ");
            other.send('I', "drives\r");
            assertTrue(other.awaitOut("scratch").contains("vm1"));
            hanging.close();
            gogo.awaitInterrupted();
        }
    }

    @Test
    void exitOutsideAShellFails() throws IOException {
        assertEquals(
                "weir: no shell to leave here; \"weir stop\" stops Weir\n",
                TestClient.ask(socket, 'X', "exit").err());
    }

    @Test
    void excessiveInputIsRefused() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r");
            gogo.awaitHanging();
            // the last frame exceeds the buffer; one more would reset the connection
            for (int i = 0; i < 18; i++) {
                client.send('I', "x".repeat(60_000));
            }
            assertEquals(
                    "weir: more than 1048576 bytes of input are waiting\n",
                    client.answer().err());
        }
    }
}
