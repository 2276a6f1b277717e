package dev.weir.backend.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client of a scripted monitor. */
@Timeout(30)
class QmpClientTest {
    private static final String GREETING = "{\"QMP\": {}}";
    private static final JsonObject NOTHING = new JsonObject();

    private final SocketChannel mine;
    private final SocketChannel daemons;
    private final BufferedReader commands;

    QmpClientTest(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("qmp.sock"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            mine = SocketChannel.open(address);
            daemons = listener.accept();
        }
        commands = new BufferedReader(Channels.newReader(daemons, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() throws IOException {
        mine.close();
        daemons.close();
    }

    private void say(String line) throws IOException {
        daemons.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private JsonObject command() throws IOException {
        return JsonParser.parseString(commands.readLine()).getAsJsonObject();
    }

    private void answer(JsonObject command, String body) throws IOException {
        say("{\"id\": " + command.get("id") + ", " + body + "}");
    }

    private static <T> CompletableFuture<T> async(Callable<T> call) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return call.call();
            } catch (Exception e) {
                throw new java.util.concurrent.CompletionException(e);
            }
        });
    }

    private QmpClient open() throws Exception {
        CompletableFuture<QmpClient> client = async(() -> QmpClient.open(mine, "test"));
        say(GREETING);
        JsonObject first = command();
        assertEquals("qmp_capabilities", first.get("execute").getAsString());
        answer(first, "\"return\": {}");
        return client.get(10, TimeUnit.SECONDS);
    }

    @Test
    void repliesFindTheirCommandsInAnyOrder() throws Exception {
        QmpClient client = open();
        CompletableFuture<?> first = client.send("first", NOTHING);
        CompletableFuture<?> second = client.send("second", NOTHING);
        JsonObject one = command();
        JsonObject two = command();
        say("{\"event\": \"JOB_STATUS_CHANGE\"}");
        answer(two, "\"return\": 2");
        answer(one, "\"return\": 1");
        assertEquals("1", first.get(10, TimeUnit.SECONDS).toString());
        assertEquals("2", second.get(10, TimeUnit.SECONDS).toString());
    }

    @Test
    void refusalIsInPlainText() throws Exception {
        QmpClient client = open();
        CompletableFuture<?> call = async(() -> client.execute("blockdev-add", NOTHING));
        answer(command(), "\"error\": {\"class\": \"GenericError\", \"desc\": \"no \\u001b[31m\"}");
        Throwable failure = assertThrows(Exception.class, () -> call.get(10, TimeUnit.SECONDS))
                .getCause();
        assertEquals("dev.weir.backend.qemu.QmpException: no ?[31m", String.valueOf(failure));
    }

    @Test
    void endOfTheConnectionFailsEveryCommand() throws Exception {
        QmpClient client = open();
        CompletableFuture<?> call = client.send("quit", NOTHING);
        daemons.close();
        assertThrows(Exception.class, () -> call.get(10, TimeUnit.SECONDS));
        assertThrows(IOException.class, () -> client.execute("query-jobs", NOTHING));
    }

    @Test
    void strangerInPlaceOfAMonitorIsRefused() throws Exception {
        CompletableFuture<QmpClient> client = async(() -> QmpClient.open(mine, "test"));
        say("220 smtp.example.org ESMTP");
        Throwable failure = assertThrows(Exception.class, () -> client.get(10, TimeUnit.SECONDS))
                .getCause();
        assertTrue(
                String.valueOf(failure).contains("the monitor of qemu-storage-daemon does not speak QMP"),
                () -> "" + failure);
    }
}
