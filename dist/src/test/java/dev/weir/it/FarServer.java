package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A server of another project on a Unix socket, with which Weir reaches its storage. */
final class FarServer implements AutoCloseable {
    private final Process process;
    private final Path socket;

    private FarServer(Process process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /**
     * Starts a server and waits until it listens. Skips the test without the program.
     *
     * @param socket its socket
     * @param command its command; {@code SOCKET} in a word is replaced by the path of the socket
     */
    static FarServer start(Path socket, String... command) throws IOException {
        Client.need(command[0]);
        List<String> words = Stream.of(command)
                .map(word -> word.replace("SOCKET", socket.toString()))
                .toList();
        FarServer server = new FarServer(
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(socket.resolveSibling(socket.getFileName() + ".out")
                                .toFile())
                        .start(),
                socket);
        server.awaitStart();
        return server;
    }

    /** Starts nbdkit with memory of this size. */
    static FarServer nbdkit(Path socket, String size) throws IOException {
        return start(socket, "nbdkit", "--foreground", "--unix", "SOCKET", "memory", size);
    }

    /** Starts qemu-nbd with an image. */
    static FarServer qemuNbd(Path socket, Path image, String format) throws IOException {
        return start(
                socket,
                "qemu-nbd",
                "--persistent",
                "--shared=9",
                "--discard=unmap",
                "--socket=SOCKET",
                "--format=" + format,
                image.toString());
    }

    private void awaitStart() {
        for (int i = 0; ; i++) {
            try (SocketChannel connected = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(connected.isConnected());
                return;
            } catch (IOException e) {
                assertTrue(process.isAlive() && i < 1000, () -> "no server at " + socket + ": " + e.getMessage());
                Weir.pause(10);
            }
        }
    }

    /** Returns the URI of its only export. */
    String uri() {
        return "nbd+unix:///?socket=" + socket;
    }

    /** Sends SIGTERM and waits for the end. */
    void stop() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
