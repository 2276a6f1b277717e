package dev.weir.bench.server;

import dev.weir.bench.report.Run;
import java.io.File;
import java.io.IOException;
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

    private final Process process;
    private final String uri;
    private final @Nullable Server behind;

    private Server(Process process, String uri) {
        this(process, uri, null);
    }

    private Server(Process process, String uri, @Nullable Server behind) {
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

    private static Process start(List<String> command, Path output) throws IOException {
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectError(new File(output + ".err"))
                .start();
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
        double seconds = cpuSeconds(process.toHandle());
        for (ProcessHandle child : process.descendants().toList()) {
            seconds += cpuSeconds(child);
        }
        return seconds + (behind == null ? 0 : behind.cpuSeconds());
    }

    /** Returns the memory of all processes in use so far (bytes). Shared pages count in proportion. */
    public long memoryBytes() throws IOException {
        long bytes = memoryBytes(process.toHandle());
        for (ProcessHandle child : process.descendants().toList()) {
            bytes += memoryBytes(child);
        }
        return bytes + (behind == null ? 0 : behind.memoryBytes());
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
        process.destroyForcibly().onExit().join();
        if (behind != null) {
            behind.close();
        }
    }
}
