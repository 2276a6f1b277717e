package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.weir.control.RawHttp.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, huge or malformed get no answer with data, and others are served meanwhile. */
@Timeout(60)
final class HostileHttpClientsTest {
    private final ApiFixture weir;

    HostileHttpClientsTest(@TempDir Path folder) throws IOException {
        weir = new ApiFixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        assertEquals(200, weir.get("/v1/status").status());
        weir.close();
    }

    private String tcp(String text) throws IOException {
        return RawHttp.exchange(weir.tcp, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0\0\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "POST /v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET http://evil.example/v1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001"
            })
    void malformedRequestIsRefusedWithoutDetails(String text) throws IOException {
        String answer;
        try (SocketChannel socket = RawHttp.connect(weir.tcp)) {
            RawHttp.send(socket, text);
            socket.shutdownOutput();
            answer = RawHttp.readAll(socket);
        }
        if (!answer.isEmpty()) {
            int status = Integer.parseInt(answer.substring(9, 12));
            assertTrue(status >= 400 && status < 506 && status != 500, answer);
            assertFalse(answer.contains("jetty") || answer.contains("Exception") || answer.contains("vm1"), answer);
        }
    }

    @Test
    void hugeHeadersAreRefused() throws IOException {
        String answer = tcp("GET / HTTP/1.1\r\n" + weir.host() + "X: " + "a".repeat(20_000) + "\r\n\r\n");
        Reply reply = Reply.of(answer);
        assertEquals(431, reply.status());
        assertEquals("application/problem+json", reply.header("Content-Type"));
        assertEquals(
                431,
                JsonParser.parseString(reply.body())
                        .getAsJsonObject()
                        .get("status")
                        .getAsInt());
    }

    @Test
    void hugeBodyIsRefusedBeforeItArrives() throws IOException {
        String head = "PATCH /v1/drives/vm1/limits HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
        Reply announced = Reply.of(RawHttp.exchange(weir.unix, head + "Content-Length: 1000000000\r\n\r\n"));
        assertEquals(413, announced.status());
        String chunk = "8000\r\n" + " ".repeat(0x8000) + "\r\n";
        try (SocketChannel socket = RawHttp.connect(weir.unix)) {
            RawHttp.send(socket, head + "Transfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 9; i++) {
                RawHttp.send(socket, chunk);
            }
            assertEquals(413, Reply.of(RawHttp.readAll(socket)).status());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PATCH /v1/drives/vm1/limits,Transfer-Encoding: chunked,zz",
                "PUT /v1/drives/vm1/policy,Transfer-Encoding: chunked,-1",
                "DELETE /v1/drives/vm1,Transfer-Encoding: chunked,1;x=\"",
                "POST /v1/drives/vm1/resize,Transfer-Encoding: chunked,5\r\nabc\r\n0\r\n",
                "PUT /v1/drives/a%2Fb,Content-Length: 2,{}",
                "PATCH /v1/drives/vm1/limits,Content-Length: 2\r\nContent-Length: 3,{}"
            })
    void malformedRequestOfAnyMethodGetsAProblem(String text) throws IOException {
        String[] parts = text.split(",", 3);
        Reply reply = Reply.of(RawHttp.exchange(
                weir.unix,
                parts[0] + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + parts[1] + "\r\n\r\n"
                        + parts[2] + "\r\n"));
        assertEquals(400, reply.status());
        assertEquals("application/problem+json", reply.header("Content-Type"));
        assertTrue(reply.body().contains("\"title\":\"Malformed request\""), reply.body());
    }

    @Test
    void requestThatComesByteByByteIsEnded() throws IOException {
        try (SocketChannel socket = RawHttp.connect(weir.tcp)) {
            String answer = "";
            for (int i = 0; i < 2000; i++) {
                try {
                    RawHttp.send(socket, i == 0 ? "GET / HTTP/1.1\r\nX: " : "a");
                } catch (IOException e) {
                    return; // the server has closed the connection
                }
                LockSupport.parkNanos(5_000_000); // lets the server read the byte, also on a busy machine
                weir.server.endSlowRequests();
                if (i > 3 && i % 50 == 0) {
                    socket.configureBlocking(false);
                    if (socket.read(ByteBuffer.allocate(100)) < 0) {
                        return;
                    }
                    socket.configureBlocking(true);
                }
            }
            throw new AssertionError("the connection is still open: " + answer);
        }
    }

    @Test
    void headersInTwoPartsAreAnswered() throws IOException {
        String head = "GET /v1/version HTTP/1.1\r\nHost: a\r\n";
        try (SocketChannel socket = RawHttp.connect(weir.unix)) {
            RawHttp.send(socket, head + "\r\n");
            ByteBuffer answer = ByteBuffer.allocate(4096);
            assertTrue(socket.read(answer) > 0);
            weir.server.endSlowRequests();
            weir.server.endSlowRequests();
            RawHttp.send(socket, head);
            LockSupport.parkNanos(50_000_000); // lets the server read the first part
            weir.server.endSlowRequests();
            RawHttp.send(socket, "Connection: close\r\n\r\n");
            assertTrue(RawHttp.readAll(socket).startsWith("HTTP/1.1 "));
        }
    }

    @Test
    void strangersTakeNoRequestsOfUsers() throws IOException {
        String stranger = "HEAD /v1/drives HTTP/1.1\r\n" + weir.host() + "\r\n";
        String last = stranger.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        for (int i = 0; i < 60; i++) {
            tcp(stranger.repeat(99) + last);
        }
        assertEquals(200, weir.get("/v1/drives").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dry-run=true&dry-run=false", "temporary=true&x=1", "dry-run=%zz", "dry-run"})
    void wrongParameterChangesNothing(String query) throws IOException {
        Reply reply = weir.local("PUT", "/v1/drives/new?" + query, "{}");
        assertEquals(400, reply.status(), reply.body());
    }

    @Test
    void idleConnectionsOverTcpLeaveRoomForTheSocket() throws IOException {
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                idle.add(RawHttp.connect(weir.tcp));
            }
            assertEquals(200, weir.get("/v1/drives").status());
        } finally {
            for (SocketChannel socket : idle) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "//etc/passwd",
                "/v1/drives/..%2f..%2fetc",
                "/v1/drives/%0d%0aSet-Cookie:%20a=b",
                "/v1/drives/%00",
                "/console/../tokens",
                "/tokens",
                "/console.js.map"
            })
    void pathLeadsToNoFile(String path) throws IOException {
        Reply reply = weir.local("GET", path, "");
        assertTrue(reply.status() == 400 || reply.status() == 404, reply.head());
        assertEquals("", reply.header("Set-Cookie"));
    }

    @Test
    void staticPagesHaveAStrictPolicy() throws IOException {
        Reply page = weir.remote("GET", "/", "", "");
        assertEquals(200, page.status());
        assertTrue(page.header("Content-Security-Policy").startsWith("default-src 'none'; script-src 'self';"));
        assertEquals("nosniff", page.header("X-Content-Type-Options"));
        assertFalse(page.body().contains("<script>") || page.body().contains(" style="), "inline code");
    }
}
