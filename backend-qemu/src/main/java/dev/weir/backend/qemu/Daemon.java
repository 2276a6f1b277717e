package dev.weir.backend.qemu;

import com.google.gson.JsonObject;
import dev.weir.log.PlainText;
import dev.weir.supervision.DaemonThreads;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of {@code qemu-storage-daemon} with a QMP connection.
 *
 * <p>The process ends with Weir, also if Weir is killed: the kernel sends it SIGTERM. If Weir is killed before the
 * kernel knows of that wish, the daemon finds no listener for its QMP connection and ends. See {@code
 * docs/design/decisions/031-qemu-storage-daemon.md}.
 *
 * <p>Thread-safe, but {@link #start} needs a lasting thread.
 */
final class Daemon implements Closeable {
    /** Socket of the QMP connection, in the private folder. */
    static final String QMP = "qmp.sock";

    /** Socket of the daemon's NBD server, in the private folder. */
    static final String NBD = "nbd.sock";

    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final int MAX_LINE = 500;
    private static final int SIGNAL = 128;

    private final Process process;
    private final Consumer<String> log;
    private final ServerSocketChannel listener;
    private volatile String lastWords = "";
    private volatile QmpClient qmp;

    @SuppressWarnings("NullAway.Init") // start sets qmp before it returns the daemon
    private Daemon(Process process, ServerSocketChannel listener, Consumer<String> log) {
        this.process = process;
        this.listener = listener;
        this.log = log;
    }

    /**
     * Starts a daemon and connects to it. The kernel ends the daemon when the calling thread ends.
     *
     * @param command as {@link Programs#daemon}
     * @param folder a private folder
     * @param name prefix of the names of its threads
     * @param log takes each line that the daemon prints, in plain form and of bounded length
     * @throws IOException if it does not start
     */
    static Daemon start(List<String> command, Path folder, String name, Consumer<String> log) throws IOException {
        Path socket = folder.resolve(QMP);
        Files.deleteIfExists(socket);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Daemon daemon = new Daemon(builder.start(), listener, log);
            try {
                daemon.connect(name);
                return daemon;
            } catch (IOException | RuntimeException e) {
                daemon.close();
                throw e;
            }
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private void connect(String name) throws IOException {
        DaemonThreads.start(name + "-log", this::print);
        try {
            SocketChannel connection = listener.accept();
            qmp = QmpClient.open(connection, name + "-qmp");
        } catch (ClosedChannelException e) {
            throw new IOException(awaitEnd(), e);
        }
    }

    /** Logs the output of the daemon to its end. */
    private void print() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = line(output); line != null; line = line(output)) {
                String plain = PlainText.of(line, MAX_LINE);
                lastWords = plain;
                log.accept(plain);
            }
        } catch (IOException e) {
            LOG.debug("output of qemu-storage-daemon", e);
        }
        try {
            listener.close(); // a daemon that has ended does not connect
        } catch (IOException e) {
            LOG.debug("QMP socket", e);
        }
    }

    /** Returns the next line without its end, cut beyond {@link #MAX_LINE} characters; null at the end. */
    private static @Nullable String line(Reader output) throws IOException {
        StringBuilder line = new StringBuilder();
        int next = output.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = output.read()) {
            if (line.length() <= MAX_LINE) {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** Returns the connection. */
    QmpClient qmp() {
        return qmp;
    }

    /** Waits until the process has ended, also if the thread is interrupted. Returns how it ended. */
    String awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return end();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private String end() {
        int status = process.exitValue();
        String how = status > SIGNAL ? "signal " + (status - SIGNAL) : "status " + status;
        String words = lastWords;
        return "qemu-storage-daemon ended with " + how + (words.isEmpty() ? "" : ": " + words);
    }

    /**
     * Asks the daemon to quit, which writes back its metadata.
     *
     * @return whether it has ended within that time
     */
    boolean quit(long seconds) throws InterruptedException {
        try {
            var unused = qmp.send("quit", new JsonObject()); // the wait shows the result
        } catch (IOException e) {
            LOG.debug("quit", e); // it has ended
        }
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    /** Kills the process if it still runs. Does not block. */
    void kill() {
        process.destroyForcibly();
    }

    /** Kills the process if it still runs, and waits for its end. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
        QmpClient client = qmp;
        if (client != null) {
            try {
                client.close();
            } catch (IOException e) {
                LOG.debug("QMP connection", e);
            }
        }
    }
}
