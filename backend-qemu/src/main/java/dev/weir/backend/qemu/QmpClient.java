package dev.weir.backend.qemu;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.weir.log.PlainText;
import dev.weir.supervision.DaemonThreads;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the QEMU Machine Protocol (QMP): one JSON object a line in each direction. A thread reads the replies
 * until the connection ends.
 *
 * <p>Thread-safe.
 */
final class QmpClient implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);
    private static final int MAX_MESSAGE = 500;

    private final SocketChannel socket;
    private final CompletableFuture<JsonElement> greeting = new CompletableFuture<>();

    /** Commands without a reply by id. */
    private final Map<Long, CompletableFuture<JsonElement>> pending = new ConcurrentHashMap<>();

    // guarded by this
    private long lastId;
    private boolean ended;

    private QmpClient(SocketChannel socket) {
        this.socket = socket;
    }

    /**
     * Negotiates a connection.
     *
     * @param name of the reading thread
     * @throws IOException if the other side closes the connection or does not speak QMP
     */
    static QmpClient open(SocketChannel socket, String name) throws IOException {
        QmpClient client = new QmpClient(socket);
        DaemonThreads.start(name, client::readAll);
        client.await(client.greeting);
        client.execute("qmp_capabilities", new JsonObject());
        return client;
    }

    /**
     * Runs a command and waits for its result.
     *
     * @throws QmpException if QEMU refuses it
     * @throws IOException if the connection ends first
     */
    JsonElement execute(String command, JsonObject arguments) throws IOException {
        return await(send(command, arguments));
    }

    /**
     * Runs a command as {@link #execute} does. The log never has its arguments.
     *
     * @throws IOException as {@link #execute} does
     */
    JsonElement executeSecretly(String command, JsonObject arguments) throws IOException {
        return await(send(command, arguments, false));
    }

    /**
     * Sends a command.
     *
     * @return completed with the result, or as {@link #execute} throws
     * @throws IOException if the connection has ended
     */
    CompletableFuture<JsonElement> send(String command, JsonObject arguments) throws IOException {
        return send(command, arguments, true);
    }

    private CompletableFuture<JsonElement> send(String command, JsonObject arguments, boolean isLogged)
            throws IOException {
        CompletableFuture<JsonElement> reply = new CompletableFuture<>();
        JsonObject message = new JsonObject();
        message.addProperty("execute", command);
        message.add("arguments", arguments);
        synchronized (this) {
            if (ended) {
                throw endOfConnection();
            }
            long id = ++lastId;
            message.addProperty("id", id);
            pending.put(id, reply);
            LOG.debug("{}", isLogged ? message : command + " with a secret");
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(message + "\n");
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
        }
        return reply;
    }

    private JsonElement await(CompletableFuture<JsonElement> reply) throws IOException {
        try {
            return reply.get();
        } catch (ExecutionException e) {
            // a new exception with the stack of this thread
            String message = e.getCause() == null
                    ? e.toString()
                    : String.valueOf(e.getCause().getMessage());
            throw e.getCause() instanceof QmpException ? new QmpException(message) : new IOException(message, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for qemu-storage-daemon");
        }
    }

    private void readAll() {
        IOException end = endOfConnection();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(input(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(JsonParser.parseString(line).getAsJsonObject());
            }
        } catch (IOException e) {
            LOG.debug("QMP connection failed", e);
        } catch (JsonParseException | IllegalStateException e) {
            end = new IOException("the monitor of qemu-storage-daemon does not speak QMP: " + e.getMessage(), e);
        }
        synchronized (this) {
            ended = true;
        }
        greeting.completeExceptionally(end);
        for (CompletableFuture<JsonElement> reply : pending.values()) {
            reply.completeExceptionally(end);
        }
    }

    private void take(JsonObject message) {
        if (message.has("QMP")) {
            greeting.complete(message);
        } else if (message.has("event")) {
            LOG.debug("{}", message);
        } else {
            CompletableFuture<JsonElement> reply =
                    message.has("id") ? pending.remove(message.get("id").getAsLong()) : null;
            if (reply == null) {
                LOG.debug("reply to no command: {}", message);
            } else if (message.has("error")) {
                reply.completeExceptionally(new QmpException(description(message.getAsJsonObject("error"))));
            } else {
                reply.complete(message.get("return"));
            }
        }
    }

    private static String description(JsonObject error) {
        return PlainText.of(error.get("desc").getAsString(), MAX_MESSAGE);
    }

    private static IOException endOfConnection() {
        return new EOFException("qemu-storage-daemon has ended");
    }

    /** Reads the channel. The JDK's own stream would hold a lock that a write needs as well. */
    private InputStream input() {
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException("read into an array");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return socket.read(ByteBuffer.wrap(bytes, offset, length));
            }
        };
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
