package dev.weir.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import dev.weir.throttle.ThrottleLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams events and samples of drives. */
@Timeout(30)
final class EventsTest {
    private final ApiFixture weir;
    private final Log log = new Log();

    /** A log of events without an engine. */
    private static final class Log implements EventLog {
        private final List<Entry> entries = new CopyOnWriteArrayList<>();
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

        void add(String type, String subject) {
            entries.add(new Entry(entries.size() + 1L, new StateEvent(type, subject, 1000, Map.of("a", 1L))));
            listeners.forEach(Runnable::run);
        }

        @Override
        public String epoch() {
            return "e1";
        }

        @Override
        public List<Entry> after(long id) {
            return entries.stream().filter(entry -> entry.id() > id).toList();
        }

        @Override
        public AutoCloseable listen(Runnable listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }

    EventsTest(@TempDir Path folder) throws IOException {
        weir = new ApiFixture(folder);
        weir.weir.events(log);
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private static BufferedReader open(SocketChannel socket, String path, String header) throws IOException {
        RawHttp.send(socket, "GET " + path + " HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n" + header + "\r\n");
        return new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), UTF_8));
    }

    /** Reads lines up to one that contains a text. */
    private static List<String> until(BufferedReader in, String text) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            lines.add(line);
            if (line.contains(text)) {
                return lines;
            }
        }
        throw new IOException("ended without " + text + ": " + lines);
    }

    @Test
    void streamResumesAfterTheLastKnownEvent() throws IOException {
        log.add("drive-added", "vm1");
        log.add("drive-state", "vm1");
        try (SocketChannel socket = RawHttp.connect(weir.unix)) {
            BufferedReader in = open(socket, "/v1/events", "Last-Event-ID: e1-1\r\n");
            List<String> lines = until(in, "data:");
            assertTrue(lines.contains("id: e1-2"), lines::toString);
            assertTrue(lines.contains("event: drive-state"), lines::toString);
            assertTrue(!lines.contains("id: e1-1"), lines::toString);
            log.add("held-long", "vm1");
            assertTrue(until(in, "data:").contains("id: e1-3"));
        }
    }

    @Test
    void streamOfARevokedTokenEnds() throws IOException {
        String secret = weir.tokens.add("reader", true);
        try (SocketChannel socket = RawHttp.connect(weir.tcp)) {
            RawHttp.send(
                    socket,
                    "GET /v1/events HTTP/1.1\r\n" + weir.host() + "Connection: close\r\nAuthorization: Bearer " + secret
                            + "\r\n\r\n");
            BufferedReader in = new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), UTF_8));
            until(in, "HTTP/1.1 200");
            weir.tokens.revoke("reader");
            in.lines().forEach(line -> assertFalse(line.startsWith("data:"), line)); // ends with the stream
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo=1", "samples=banana", "samples=true&samples=true"})
    void wrongParameterOfAStreamIsRefused(String query) throws IOException {
        assertEquals(400, weir.get("/v1/events?" + query).status());
    }

    @Test
    void idOfAnotherLogStartsFromTheFirstEvent() throws IOException {
        log.add("drive-added", "vm1");
        try (SocketChannel socket = RawHttp.connect(weir.unix)) {
            BufferedReader in = open(socket, "/v1/events", "Last-Event-ID: e0-7\r\n");
            assertTrue(until(in, "data:").contains("id: e1-1"));
        }
    }

    @Test
    void samplesHaveAllDrivesFirstAndThenTheChangedOnes() throws IOException {
        try (SocketChannel socket = RawHttp.connect(weir.unix)) {
            BufferedReader in = open(socket, "/v1/events?samples=true", "");
            String first = last(until(in, "\"full\":true"));
            assertTrue(first.contains("\"name\":\"vm1\"") && first.contains("\"name\":\"scratch\""), first);
            weir.weir.drive("vm1").limits(ThrottleLimits.of(Map.of("bps", 4096L)));
            String next = last(until(in, "\"bps\":4096"));
            assertTrue(next.contains("\"full\":false") && !next.contains("scratch"), next);
        }
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    @Test
    void recentEventsAreAListToo() throws IOException {
        log.add("drive-added", "vm1");
        RawHttp.Reply reply =
                RawHttp.request(weir.unix, "GET", "/v1/events", "Host: a\r\nAccept: application/json\r\n", "");
        assertEquals(
                "[{\"time\":\"1970-01-01T00:00:01Z\",\"id\":\"e1-1\",\"type\":\"drive-added\",\"subject\":\"vm1\","
                        + "\"details\":{\"a\":1}}]",
                reply.body());
    }
}
