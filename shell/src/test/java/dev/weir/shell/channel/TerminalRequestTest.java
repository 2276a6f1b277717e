package dev.weir.shell.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.shell.CommandCompleter;
import dev.weir.shell.DriveCommands;
import dev.weir.shell.ExitCommand;
import dev.weir.shell.TestBoard;
import dev.weir.shell.TestDrive;
import dev.weir.shell.ViewConverter;
import dev.weir.shell.Whiteboard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shells at a terminal, over the channel, each with a real Gogo behind it. */
@Timeout(60)
final class TerminalRequestTest {
    private static final ThreadIOImpl STREAMS = new ThreadIOImpl();
    private static final String HELLO = "protocol=1\nterm=xterm\ncolumns=60\nlines=20\nno_color=1";

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(STREAMS);
    private final Path socket;
    private final Path history;
    private final ShellServer server;

    @BeforeAll
    static void takeStreams() {
        STREAMS.start();
    }

    @AfterAll
    static void giveStreamsBack() {
        STREAMS.stop();
    }

    TerminalRequestTest(@TempDir Path home) throws IOException {
        Whiteboard board = TestBoard.of(TestDrive.busy("vm1"), TestDrive.idle("scratch"));
        gogo.addCommand("weir", new DriveCommands(board), "drives");
        gogo.addCommand("weir", new DriveCommands(board), "queue");
        gogo.addCommand("weir", new ExitCommand(), "exit");
        gogo.addCommand("test", this, "hang");
        gogo.addConverter(new ViewConverter());
        socket = home.resolve("shell.sock");
        history = home.resolve("history");
        server = ShellServer.open(
                socket,
                "",
                frame -> frame.type() == Frame.SESSION
                        ? new TerminalRequest(gogo, session -> new CommandCompleter(board, session), history)
                        : new GogoRequest(gogo, frame.text()));
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        gogo.stop();
    }

    /** A command that only ends when it is interrupted. */
    public void hang() throws InterruptedException {
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    private TestClient attend() throws IOException {
        TestClient client = new TestClient(socket);
        client.send('H', HELLO);
        client.send('S', "");
        return client;
    }

    @Test
    void linesAreEditedAndCompletedAndExecuted() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            // a word too much is rubbed out, and the name of the drive is completed
            client.send('I', "quex\u007f\tv\t\r");
            String shown = client.awaitOut("weir> ");
            assertTrue(shown.contains("vm1    41  read          1048576   4 KiB  12.3 ms"), shown);
            client.send('I', "exit\r");
            assertEquals(0, client.answer().status());
        }
        assertTrue(Files.readString(history).contains("queue vm1"));
    }

    @Test
    void theEndOfWhatIsTypedLeaves() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "\u0004");
            assertEquals(0, client.answer().status());
        }
    }

    @Test
    void whatFailsIsSaidAndTheShellGoesOn() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "nonsense\r");
            assertTrue(client.awaitOut("weir> ").contains("weir: unknown command \"nonsense\"; try \"help\""));
        }
    }

    @Test
    void tablesFitTheWindowAlsoWhenItHasChanged() throws IOException {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('W', "columns=40\nlines=20");
            client.send('I', "queue\r");
            String shown = client.awaitOut("LENGT…");
            assertTrue(shown.contains("DRIVE  ID  OP             OFFSET  LENGT…"), shown);
        }
    }

    @Test
    void controlCInterruptsTheCommandOnly() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r");
            started.await();
            client.send('I', "\u0003");
            assertTrue(interrupted.await(30, TimeUnit.SECONDS));
            client.awaitOut("weir> ");
            client.send('I', "drives\r");
            assertTrue(client.awaitOut("scratch").contains("vm1"));
        }
    }

    @Test
    void oneThatHangsAndDiesHarmsNobody() throws Exception {
        try (TestClient other = attend()) {
            TestClient hanging = attend();
            hanging.awaitOut("weir> ");
            hanging.send('I', "hang\r");
            started.await();
            hanging.send('I', "x".repeat(10_000));
            other.awaitOut("weir> ");
            other.send('I', "drives\r");
            assertTrue(other.awaitOut("scratch").contains("vm1"));
            hanging.close();
            assertTrue(interrupted.await(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void withoutAShellThereIsNothingToLeave() throws IOException {
        assertEquals(
                "weir: there is no shell to leave; \"weir stop\" stops Weir\n",
                TestClient.ask(socket, 'X', "exit").err());
    }

    @Test
    void moreThanAnybodyTypesIsRefused() throws Exception {
        try (TestClient client = attend()) {
            client.awaitOut("weir> ");
            client.send('I', "hang\r");
            started.await();
            // the last of these is one too many; what would come after it would reset the connection
            for (int i = 0; i < 18; i++) {
                client.send('I', "x".repeat(60_000));
            }
            assertEquals(
                    "weir: more was typed than is kept: 1048576 bytes\n",
                    client.answer().err());
        }
    }
}
