package dev.weir.launcher.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client alone, against a scripted server. */
@Timeout(60)
final class ShellClientTest {
    private static final String GREETING =
            "protocol=1\npid=" + ProcessHandle.current().pid();

    private static final String FOLDER = "folder=" + Path.of("").toAbsolutePath() + "\n";

    private final Path home;
    private final ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** The scripted answer of a server. */
    private interface Script {
        void play(DataOutputStream to) throws IOException;
    }

    ShellClientTest(@TempDir Path home) throws IOException {
        this.home = home;
        listener.bind(UnixDomainSocketAddress.of(
                Files.createDirectories(home.resolve("run")).resolve("shell.sock")));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private ShellClient client(int columns) {
        return new ShellClient(home, out, err, columns);
    }

    /** Serves one client and returns its request: {@code H…|X…}. */
    private CompletableFuture<String> serve(Script script) {
        return CompletableFuture.supplyAsync(() -> {
            try (SocketChannel client = listener.accept()) {
                DataInputStream in = new DataInputStream(Channels.newInputStream(client));
                String said = frame(in) + "|" + frame(in);
                script.play(new DataOutputStream(Channels.newOutputStream(client)));
                return said;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String frame(DataInputStream in) throws IOException {
        char type = (char) in.readUnsignedByte();
        return type + new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static void send(DataOutputStream to, char type, byte... payload) throws IOException {
        to.writeByte(type);
        to.writeInt(payload.length);
        to.write(payload);
    }

    private static void send(DataOutputStream to, char type, String payload) throws IOException {
        send(to, type, payload.getBytes(StandardCharsets.UTF_8));
    }

    private void said(String output, String error) {
        assertEquals(output, out.toString(StandardCharsets.UTF_8));
        assertEquals(error, err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void answerAndStatusAreReturned() throws Exception {
        CompletableFuture<String> server = serve(to -> {
            send(to, 'H', GREETING);
            send(to, 'o', "grüß ");
            send(to, 'e', "oh\n");
            send(to, 'z', "from the future");
            send(to, 'o', "Weir\n");
            send(to, 'q', (byte) 200);
        });
        assertEquals(200, client(80).execute("drives | grep µ"));
        said("grüß Weir\n", "oh\n");
        assertEquals("Hprotocol=1\n" + ShellClient.who() + "columns=80\n" + FOLDER + "|Xdrives | grep µ", server.get());
    }

    @Test
    void statusAndStopAreBuiltIn() throws Exception {
        Script done = to -> {
            send(to, 'H', GREETING);
            send(to, 'q', (byte) 0);
        };
        CompletableFuture<String> status = serve(done);
        assertEquals(0, client(0).status(false));
        assertEquals("Hprotocol=1\n" + ShellClient.who() + FOLDER + "|Bstatus", status.get());
        CompletableFuture<String> json = serve(done);
        assertEquals(0, client(0).status(true));
        assertEquals("Hprotocol=1\n" + ShellClient.who() + FOLDER + "|Bstatus --json", json.get());
        CompletableFuture<String> stop = serve(done);
        assertEquals(0, client(0).stop());
        assertEquals("Hprotocol=1\n" + ShellClient.who() + FOLDER + "|Bstop", stop.get());
    }

    @Test
    void stopWaitsForTheProcessToEnd() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        ProcessHandle handle = process.toHandle();
        CompletableFuture<String> server = serve(to -> {
            send(to, 'H', "protocol=1\npid=" + handle.pid());
            send(to, 'q', (byte) 0);
            process.getOutputStream().close();
        });
        assertEquals(0, client(0).stop());
        assertFalse(handle.isAlive(), "Process.isAlive() may lag behind its handle's");
        server.get();
    }

    /** Its parent never collects the status, as the first process of some containers. */
    @Test
    void stopTakesAZombieForEnded() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "exec 3<&0; cat <&3 & echo $!; exec sleep 100").start();
        try {
            String zombie = parent.inputReader().readLine();
            CompletableFuture<String> server = serve(to -> {
                send(to, 'H', "protocol=1\npid=" + zombie);
                send(to, 'q', (byte) 0);
                parent.getOutputStream().close();
            });
            assertEquals(0, client(0).stop());
            server.get();
        } finally {
            parent.destroy();
        }
    }

    @Test
    void noWeirAnswers() throws Exception {
        listener.close();
        assertEquals(1, client(0).execute("drives"));
        Files.delete(home.resolve("run/shell.sock"));
        assertEquals(1, client(0).status(false));
        assertEquals(1, client(0).stop());
        said("", ("weir: no Weir runs in " + home + "; start it, or name its home with --home\n").repeat(3));
    }

    @Test
    void otherProtocolIsNamed() throws Exception {
        CompletableFuture<String> server = serve(to -> send(to, 'H', "protocol=7"));
        assertEquals(1, client(0).execute("drives"));
        said(
                "",
                "weir: the Weir in " + home
                        + " speaks version 7 of the shell protocol, this one 1; use the ./weir that started it\n");
        server.get();
    }

    @Test
    void foreignSocketIsNamed() throws Exception {
        CompletableFuture<String> server =
                serve(to -> to.write("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertEquals(1, client(0).execute("drives"));
        said("", "weir: " + home + " is not the home of a compatible Weir; use the ./weir that started it\n");
        server.get();
    }

    @Test
    void truncatedAnswerFails() throws Exception {
        CompletableFuture<String> server = serve(to -> {
            send(to, 'H', GREETING);
            send(to, 'o', "so far");
        });
        assertEquals(1, client(0).execute("drives"));
        said("so far", "weir: the Weir in " + home + " ended before its answer was complete\n");
        server.get();
    }

    @Test
    void replacedShellContinues() throws Exception {
        CompletableFuture<String> successor = serve(to -> send(to, 'H', GREETING))
                .thenCompose(said -> serve(to -> {
                    send(to, 'H', GREETING);
                    send(to, 'o', "again");
                    send(to, 'q', (byte) 7);
                }));
        assertEquals(7, client(0).attend(new TerminalInput(true)));
        said("again", "");
        assertTrue(successor.get().endsWith("|S"));
    }

    @Test
    void shellEndsWithTheProcess() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        process.getOutputStream().close();
        process.waitFor();
        CompletableFuture<String> server = serve(to -> send(to, 'H', "protocol=1\npid=" + process.pid()));
        IOException left = assertThrows(IOException.class, () -> client(0).attend(new TerminalInput(true)));
        assertEquals("the shell of the Weir in " + home + " has ended", left.getMessage());
        server.get();
    }

    @Test
    void closedPipeEndsTheCommand() throws Exception {
        CompletableFuture<String> server = serve(to -> {
            send(to, 'H', GREETING);
            send(to, 'o', "much");
        });
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int oneByte) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertEquals(141, new ShellClient(home, closed, err, 0).execute("drives"));
        said("", "");
        server.get();
    }

    @Test
    void unwritableOutputFails() throws Exception {
        CompletableFuture<String> server = serve(to -> {
            send(to, 'H', GREETING);
            send(to, 'o', "much");
        });
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            assertEquals(1, new ShellClient(home, full, err, 0).execute("drives"));
        }
        said("", "weir: cannot write the answer: No space left on device\n");
        server.get();
    }

    @Test
    void processWithoutShellIsNamed() throws Exception {
        listener.close();
        long pid = ProcessHandle.current().pid();
        Files.writeString(home.resolve("run/weir.lock"), pid + "\n");
        assertEquals(1, client(0).execute("drives"));
        said(
                "",
                "weir: the Weir in %s (process %d) has no shell: it is starting or stopping, or its bundle weir-shell is not running\n"
                        .formatted(home, pid));
    }

    @Test
    void reusedPidIsNoWeir() throws Exception {
        listener.close();
        Path lock = Files.writeString(
                home.resolve("run/weir.lock"), ProcessHandle.current().pid() + "\n");
        Files.setLastModifiedTime(lock, FileTime.from(Instant.EPOCH));
        assertEquals(1, client(0).status(false));
        said("", "weir: no Weir runs in " + home + "; start it, or name its home with --home\n");
    }
}
