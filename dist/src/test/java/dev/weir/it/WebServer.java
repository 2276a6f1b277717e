package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.host.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The web server of {@code busybox} with one file. It serves ranges. */
final class WebServer implements AutoCloseable {
    private final Process process;
    private final String url;

    private WebServer(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /**
     * Starts the server.
     *
     * @param file the file, alone in its folder or beside files without secrets
     * @param login {@code user:password} that it demands; empty for none
     */
    static WebServer start(Path file, String login) throws IOException {
        Client.need("busybox");
        Path configuration = file.resolveSibling("httpd.conf");
        Files.writeString(configuration, login.isEmpty() ? "" : "/:" + login + "\n");
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of("busybox", "httpd", "-f", "-p", "127.0.0.1:" + port));
        command.addAll(List.of("-h", String.valueOf(file.getParent()), "-c", configuration.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        awaitStart(process, port);
        return new WebServer(process, "http://127.0.0.1:%d/%s".formatted(port, file.getFileName()));
    }

    /** Waits until a server listens on a port of the loopback address. */
    static void awaitStart(Process process, int port) {
        for (int i = 0; ; i++) {
            try (SocketChannel connected =
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
                assertTrue(connected.isConnected());
                return;
            } catch (IOException e) {
                assertTrue(process.isAlive() && i < 1000, () -> "no server at port " + port + ": " + e.getMessage());
                Weir.pause(10);
            }
        }
    }

    /** Returns the address of the file. */
    String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
