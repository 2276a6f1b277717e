package dev.weir.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.testkit.host.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The iSCSI target tgtd in user space, on the loopback address, with one LUN. It needs root for the folder of its
 * control socket.
 */
final class IscsiTarget implements AutoCloseable {
    static final String NAME = "iqn.2026-01.dev.weir:test";

    /** The folder with the programs and libraries that {@code ./test} fetches; they may also be installed. */
    private static final Path FETCHED =
            Path.of(System.getProperty("weir.guest")).resolveSibling("tgt");

    private static final int MAX_CONTROL = Short.MAX_VALUE;

    private final int port;
    private final Process daemon;

    private IscsiTarget(int port, Process daemon) {
        this.port = port;
        this.daemon = daemon;
    }

    /**
     * Starts a target. Skips the test if that is not possible here.
     *
     * @param password a password of CHAP; empty for none
     */
    static IscsiTarget start(Path file, String user, String password) throws IOException {
        assumeTrue(Files.isExecutable(Path.of(program("tgtd"))), "needs tgtd (Debian package tgt)");
        assumeTrue(isRoot(), "needs root for tgtd");
        int port = Ports.free();
        Files.createDirectories(Path.of("/var/run/tgtd"));
        Process daemon = command("tgtd", port, "--foreground", "--iscsi", "portal=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(file.resolveSibling("tgtd.out").toFile())
                .start();
        IscsiTarget target = new IscsiTarget(port, daemon);
        try {
            WebServer.awaitStart(daemon, port);
            target.admin("--op new --mode target --tid 1 --targetname " + NAME);
            target.admin("--op new --mode logicalunit --tid 1 --lun 1 --backing-store " + file);
            target.admin("--op bind --mode target --tid 1 --initiator-address ALL");
            if (!password.isEmpty()) {
                target.admin("--op new --mode account --user %s --password %s".formatted(user, password));
                target.admin("--op bind --mode account --tid 1 --user " + user);
            }
            return target;
        } catch (RuntimeException | Error e) {
            target.close();
            throw e;
        }
    }

    private static boolean isRoot() throws IOException {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private static String program(String name) throws IOException {
        try (Stream<Path> files = Files.exists(FETCHED) ? Files.walk(FETCHED) : Stream.<Path>empty()) {
            return files.filter(file -> file.endsWith("sbin/" + name))
                    .findFirst()
                    .or(() -> Client.find(name))
                    .orElse(Path.of("/nonexistent"))
                    .toString();
        }
    }

    /** Returns a command with a control socket for the port, so that several daemons do not meet. */
    private static ProcessBuilder command(String program, int port, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(program(program), "--control-port", control(port)));
        words.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(words);
        try (Stream<Path> folders = Files.exists(FETCHED) ? Files.walk(FETCHED) : Stream.<Path>empty()) {
            builder.environment()
                    .put(
                            "LD_LIBRARY_PATH",
                            String.join(
                                    File.pathSeparator,
                                    folders.filter(Files::isDirectory)
                                            .map(Path::toString)
                                            .toList()));
        }
        return builder;
    }

    /** Returns the number of the control socket; the daemon takes a signed 16-bit number. */
    private static String control(int port) {
        return Integer.toString(port % MAX_CONTROL);
    }

    private void admin(String arguments) {
        try {
            Client.run(command("tgtadm", port, ("--lld iscsi " + arguments).split(" ")), "")
                    .ok();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the address for initiators. */
    String portal() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        daemon.destroyForcibly();
        daemon.onExit().join();
        new File("/var/run/tgtd/socket." + control(port)).delete();
        new File("/var/run/tgtd/socket." + control(port) + ".lock").delete();
    }
}
