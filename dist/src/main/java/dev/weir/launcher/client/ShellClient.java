package dev.weir.launcher.client;

import dev.weir.launcher.home.Home;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Client of the shell protocol on the socket {@code run/shell.sock}. The package {@code dev.weir.shell.remote} of the
 * bundle {@code weir-shell} describes the protocol. The client uses only the JDK and few of its classes, because each
 * command is a new process.
 *
 * <p>Not thread-safe.
 */
public final class ShellClient {
    private static final String PROTOCOL = "1";
    private static final int MAX_PAYLOAD = 64 << 10;
    private static final int STOP_SECONDS = 60;
    private static final int LOOKS_PER_SECOND = 20;
    private static final int INCOMPLETE = -1;

    /** Exit status of a process that writes into a closed pipe, as shells report it. */
    private static final int BROKEN_PIPE = 141;

    private static final int RETRIES = 25;
    private static final long RETRY_MILLIS = 200;

    private final Path home;
    private final OutputStream out;
    private final OutputStream err;
    private final String terminal;
    private final String folder;
    private String pid = "";

    /** Type of the last frame. */
    private char type;

    private byte[] payload = {};

    /**
     * Creates a client without connecting.
     *
     * @param home folder of the running Weir's state
     * @param out receives the answer as it arrives
     * @param err receives errors
     * @param columns width of the terminal (cells); 0 if {@code out} is not a terminal, so that no line is cut
     */
    public ShellClient(Path home, OutputStream out, OutputStream err, int columns) {
        this.home = home;
        this.out = out;
        this.err = err;
        terminal = columns > 0 ? "columns=" + columns + "\n" + TerminalInput.ascii() : "";
        String started = Path.of("").toAbsolutePath().toString();
        folder = started.contains("\n") ? "" : "folder=" + started + "\n";
    }

    /**
     * Creates a client that prints to standard output and standard error.
     *
     * @param columns as in {@link #ShellClient}
     */
    public static ShellClient ofProcess(Home home, int columns) {
        return new ShellClient(
                home.folder(),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                columns);
    }

    /** Executes a line in the shell and returns its exit status; 0 means success. */
    public int execute(String line) throws IOException {
        return ask('X', line);
    }

    /** Prints the state of that Weir as text or as a line of JSON. Returns the exit status. */
    public int status(boolean json) throws IOException {
        return ask('B', json ? "status --json" : "status");
    }

    /** Stops that Weir, waits up to 60 s for the end of its process and returns the exit status. */
    public int stop() throws IOException, InterruptedException {
        int status = ask('B', "stop");
        return status == 0 && !ended() ? fail("process " + pid + " is still stopping") : status;
    }

    private boolean ended() throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid)).orElse(null);
        if (process == null || process.equals(ProcessHandle.current())) {
            return true;
        }
        for (int looks = STOP_SECONDS * LOOKS_PER_SECOND; looks > 0 && process.isAlive(); looks--) {
            if (isZombie(process.pid())) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(1_000 / LOOKS_PER_SECOND);
        }
        return !process.isAlive();
    }

    /** Returns whether a process has ended and its parent has not collected its status. Java counts it as alive. */
    private static boolean isZombie(long process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process), "stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Opens a shell on the terminal and returns its exit status. It reconnects when the bundle that serves it is
     * updated.
     *
     * @throws IOException if no Weir runs in the home, Weir ends meanwhile or the terminal hangs up; the message says
     *     which
     */
    public int attend(TerminalInput typed) throws IOException, InterruptedException {
        SocketChannel shell = connect();
        while (true) {
            try (SocketChannel channel = shell) {
                send(channel, typed.window() + folder, 'S', "");
                typed.attach(channel);
                int status = answer(channel);
                if (status != INCOMPLETE) {
                    return status;
                }
                if (!channel.isOpen()) {
                    throw new IOException("left the shell of the Weir in " + home);
                }
            } finally {
                typed.detach();
            }
            shell = reconnect();
        }
    }

    private SocketChannel reconnect() throws ShellException, InterruptedException {
        for (int i = 0; i < RETRIES && ProcessHandle.of(Long.parseLong(pid)).isPresent(); i++) {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            try {
                return connect();
            } catch (ShellException e) {
                // retried
            }
        }
        throw new ShellException("the shell of the Weir in " + home + " has ended");
    }

    private int ask(char kind, String request) throws IOException {
        try (SocketChannel channel = connect()) {
            send(channel, terminal + folder, kind, request);
            int status = answer(channel);
            return status == INCOMPLETE
                    ? fail("the Weir in " + home + " ended before its answer was complete")
                    : status;
        } catch (ShellException e) {
            return fail(e.reason());
        }
    }

    private SocketChannel connect() throws ShellException {
        Path socket = home.resolve("run").resolve("shell.sock");
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            throw new ShellException(reason());
        }
    }

    /** Returns why the socket does not answer: missing permission, no shell in the process or no process. */
    private String reason() {
        Path lock = home.resolve("run").resolve("weir.lock");
        try {
            long process = Long.parseLong(Files.readString(lock).strip());
            if (runs(process, Files.getLastModifiedTime(lock).toInstant()) && !isZombie(process)) {
                return "the Weir in " + home + " (process " + process
                        + ") has no shell: it is starting or stopping, or its bundle weir-shell is not running";
            }
        } catch (AccessDeniedException e) {
            return "permission denied: " + home + " belongs to the user " + owner() + "; ask as that user: sudo -u "
                    + owner() + " weir ...";
        } catch (IOException | NumberFormatException e) {
            // without a process id in the lock file, no Weir runs
        }
        return "no Weir runs in " + home + "; start it, or name its home with --home";
    }

    /** Returns whether the process that wrote its id still runs. A process that started later has reused the id. */
    private static boolean runs(long process, Instant written) {
        return ProcessHandle.of(process)
                .flatMap(handle -> handle.info().startInstant())
                .map(start -> !start.isAfter(written.plusSeconds(1)))
                .orElse(false);
    }

    private String owner() {
        for (Path folder = home.resolve("run"); folder != null; folder = folder.getParent()) {
            try {
                return Files.getOwner(folder).getName();
            } catch (IOException e) {
                // tries the parent folder
            }
        }
        return "root";
    }

    /** Returns the user and process for the log of changes. Under sudo it includes the calling user. */
    static String who() {
        String caller = System.getenv("SUDO_USER");
        String user = System.getProperty("user.name", "?") + (caller == null ? "" : " (sudo of " + caller + ")");
        return "user=" + user.replace('\n', '?') + ", process "
                + ProcessHandle.current().pid() + "\n";
    }

    private static void send(SocketChannel channel, String about, char kind, String request) {
        byte[] hello = ("protocol=" + PROTOCOL + "\n" + who() + about).getBytes(StandardCharsets.UTF_8);
        byte[] asked = request.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frames = ByteBuffer.allocate(10 + hello.length + asked.length)
                .put((byte) 'H')
                .putInt(hello.length)
                .put(hello)
                .put((byte) kind)
                .putInt(asked.length)
                .put(asked)
                .flip();
        try {
            while (frames.hasRemaining()) {
                channel.write(frames);
            }
        } catch (IOException e) {
            // the server rejected the connection; its answer gives the reason
        }
    }

    /**
     * Prints the answer and returns the exit status, or {@link #INCOMPLETE} if the server closed the connection
     * early.
     */
    private int answer(SocketChannel channel) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
        if (!receive(in) || type != 'H') {
            throw new ShellException(home + " is not the home of a compatible Weir; use the ./weir that started it");
        }
        String protocol = property(payload, "protocol");
        if (!protocol.equals(PROTOCOL)) {
            throw new ShellException("the Weir in " + home + " speaks version " + protocol
                    + " of the shell protocol, this one " + PROTOCOL + "; use the ./weir that started it");
        }
        pid = property(payload, "pid");
        while (receive(in)) {
            switch (type) {
                case 'o', 'e' -> {
                    if (!print(type == 'o' ? out : err, payload)) {
                        return BROKEN_PIPE;
                    }
                }
                case 'q' -> {
                    return payload[0] & 0xff;
                }
                default -> {
                    // an optional frame of a newer server; required ones raise the protocol's version
                }
            }
        }
        return INCOMPLETE;
    }

    /** Reads a frame and returns whether one was received. */
    private boolean receive(DataInputStream in) {
        try {
            type = (char) in.readUnsignedByte();
            int length = in.readInt();
            if (length < 0 || length > MAX_PAYLOAD) {
                return false;
            }
            payload = new byte[length];
            in.readFully(payload);
            return type != 'q' || length == 1;
        } catch (IOException e) {
            return false;
        }
    }

    private static String property(byte[] hello, String key) {
        for (String line : new String(hello, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.startsWith(key + "=")) {
                return line.substring(key.length() + 1);
            }
        }
        return "";
    }

    private int fail(String line) throws IOException {
        print(err, ("weir: " + line + "\n").getBytes(StandardCharsets.UTF_8));
        return 1;
    }

    /** Prints text and returns false if the reader has closed the pipe, as {@code head} does. */
    private static boolean print(OutputStream stream, byte[] text) throws IOException {
        try {
            stream.write(text);
            stream.flush();
            return true;
        } catch (IOException e) {
            if ("Broken pipe".equals(e.getMessage())) {
                return false;
            }
            throw new ShellException("cannot write the answer: " + e.getMessage());
        }
    }
}
