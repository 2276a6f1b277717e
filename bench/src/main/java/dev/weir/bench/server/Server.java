package dev.weir.bench.server;

import dev.weir.bench.report.Run;
import dev.weir.testkit.host.Program;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An NBD server process on a Unix socket: Weir or a peer. */
public final class Server implements AutoCloseable {
    private static final long START_MILLIS = 30_000;
    private static final long STOP_SECONDS = 20;

    /** Unit of the times in /proc/PID/stat; the same on every Linux that runs Java. */
    private static final double TICKS_PER_SECOND = 100;

    private final ProcessHandle process;
    private final String uri;
    private final @Nullable Server behind;

    private Server(ProcessHandle process, String uri) {
        this(process, uri, null);
    }

    private Server(ProcessHandle process, String uri, @Nullable Server behind) {
        this.process = process;
        this.uri = uri;
        this.behind = behind;
    }

    /** Returns this server as the front of another one, whose processor time counts too and which ends with it. */
    public Server inFrontOf(Server far) {
        return new Server(process, uri, far);
    }

    /**
     * Starts a Weir with its own home and waits until it is ready.
     *
     * @param name name of the home
     * @param drive options of the only drive, except {@code id}; empty if a configuration file has the drive vm1
     * @param more further arguments
     */
    public static Server weir(Run run, String name, String drive, String... more)
            throws IOException, InterruptedException {
        return weir(run, run.weir(), name, drive, more);
    }

    /**
     * Starts a Weir of another distribution as {@link #weir(Run, String, String, String...)} does.
     *
     * @param distribution its folder
     */
    public static Server weir(Run run, Path distribution, String name, String drive, String... more)
            throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(run.folder(), name);
        List<String> command =
                new ArrayList<>(List.of(distribution.resolve("bin/weir").toString(), "--home", home.toString()));
        command.addAll(drive.isEmpty() ? List.of("--no-shell") : List.of("-drive", "id=vm1," + drive, "--no-shell"));
        command.addAll(List.of(more));
        Path output = home.resolve("stdout");
        Server server = new Server(start(command, output), "nbd+unix:///vm1?socket=" + home.resolve("run/nbd.sock"));
        server.await(() -> Files.readString(output).contains("ready"), home.resolve("stdout.err"));
        return server;
    }

    /**
     * Starts a peer and waits until its socket exists.
     *
     * @param command the command; the path of the socket replaces {@code SOCKET} in a word
     */
    public static Server peer(Run run, String export, String... command) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(run.folder(), command[0]);
        Path socket = folder.resolve("nbd.sock");
        List<String> words = Stream.of(command)
                .map(word -> word.replace("SOCKET", socket.toString()))
                .toList();
        Path output = folder.resolve("stdout");
        Server server = new Server(start(words, output), "nbd+unix:///" + export + "?socket=" + socket);
        server.await(() -> Files.exists(socket), folder.resolve("stdout.err"));
        return server;
    }

    /**
     * Starts nbd-server and waits until its socket exists. It has one process for each client.
     *
     * @param exports the names of its exports
     * @param bytes the size of each, a file in {@code run.folder()} (bytes)
     */
    public static Server nbdServer(Run run, List<String> exports, long bytes) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(run.folder(), "nbd-server");
        Path socket = folder.resolve("nbd.sock");
        StringBuilder text = new StringBuilder("[generic]\nunixsock = " + socket + "\n");
        for (String export : exports) {
            Path image = folder.resolve(export);
            try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(bytes);
            }
            text.append("[%s]\nexportname = %s\n".formatted(export, image));
        }
        Path configuration = Files.writeString(folder.resolve("config"), text);
        Path id = folder.resolve("pid");
        // it goes on in the background: in the foreground it serves one client only
        Program.output(List.of("nbd-server", "-C", configuration.toString(), "-p", id.toString()));
        for (long waited = 0; !Files.exists(id) || Files.size(id) == 0; waited += 5) {
            if (waited > START_MILLIS) {
                throw new IOException("nbd-server did not start: see the system's log");
            }
            Thread.sleep(5);
        }
        ProcessHandle process = ProcessHandle.of(
                        Long.parseLong(Files.readString(id).strip()))
                .orElseThrow(() -> new IOException("nbd-server has ended: see the system's log"));
        Server server = new Server(process, "nbd+unix:///" + exports.get(0) + "?socket=" + socket);
        server.await(() -> Files.exists(socket), configuration);
        return server;
    }

    private static ProcessHandle start(List<String> command, Path output) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectError(new File(output + ".err"))
                .start()
                .toHandle();
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(Condition condition, Path errors) throws IOException, InterruptedException {
        for (long waited = 0; !condition.holds(); waited += 5) {
            if (!process.isAlive() || waited > START_MILLIS) {
                close();
                throw new IOException("a server did not start: " + Files.readString(errors));
            }
            Thread.sleep(5);
        }
    }

    /** Returns the URI of the drive for fio and libnbd. */
    public String uri() {
        return uri;
    }

    /** Returns the home of a Weir. */
    public String home() {
        return Path.of(socket()).resolve("../..").normalize().toString();
    }

    /** Returns the path of the socket. */
    public String socket() {
        return uri.substring(uri.indexOf("socket=") + "socket=".length());
    }

    /** Returns the processor time of all threads, child processes and servers behind it so far (s). */
    public double cpuSeconds() throws IOException {
        double seconds = cpuSeconds(process);
        for (ProcessHandle child : process.descendants().toList()) {
            seconds += cpuSeconds(child);
        }
        return seconds + (behind == null ? 0 : behind.cpuSeconds());
    }

    /** Returns the memory of all processes in use so far (bytes). Shared pages count in proportion. */
    public long memoryBytes() throws IOException {
        long bytes = memoryBytes(process);
        for (ProcessHandle child : process.descendants().toList()) {
            bytes += memoryBytes(child);
        }
        return bytes + (behind == null ? 0 : behind.memoryBytes());
    }

    /** Waits until only that many child processes are left. A server may have one for each client. */
    public void awaitChildren(long most) throws IOException, InterruptedException {
        for (long waited = 0; children() > most; waited += 5) {
            if (waited > START_MILLIS) {
                throw new IOException("%d child processes of clients that have left".formatted(children() - most));
            }
            Thread.sleep(5);
        }
    }

    /** Returns the number of child processes. */
    public long children() {
        return process.descendants().count();
    }

    private static long memoryBytes(ProcessHandle of) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + of.pid() + "/smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }

    private static double cpuSeconds(ProcessHandle of) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + of.pid() + "/stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS)
                .join();
        process.destroyForcibly();
        process.onExit().join();
        if (behind != null) {
            behind.close();
        }
    }
}
