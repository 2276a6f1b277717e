package dev.weir.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.control.RawHttp.Reply;
import dev.weir.control.access.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, sessions, hosts and origins over TCP. */
final class AccessTest {
    private final Path folder;
    private final ApiFixture weir;

    AccessTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        weir = new ApiFixture(folder);
    }

    @AfterEach
    void close() {
        weir.close();
    }

    private int status(String headers) throws IOException {
        return weir.remote("GET", "/v1/status", headers, "").status();
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token + "\r\n";
    }

    @Test
    void tcpNeedsAToken() throws IOException {
        Reply refused = weir.remote("GET", "/v1/status", "", "");
        assertEquals(401, refused.status());
        assertEquals("Bearer realm=\"weir\"", refused.header("WWW-Authenticate"));
        assertEquals(401, status(bearer("wrong")));
        assertEquals(401, status("Authorization: Basic d2VpcjphYmM=\r\n"));
        assertEquals(200, status(bearer(weir.tokens.add("alice", false))));
    }

    @Test
    void revokedTokenIsRefusedAtOnce() throws IOException {
        String token = weir.tokens.add("alice", false);
        assertEquals(200, status(bearer(token)));
        weir.tokens.revoke("alice");
        assertEquals(401, status(bearer(token)));
    }

    @Test
    void readOnlyTokenChangesNothing() throws IOException {
        String token = weir.tokens.add("prometheus", true);
        Reply refused = weir.remote("PATCH", "/v1/drives/vm1/limits", bearer(token), "{\"bps\":1}");
        assertEquals(403, refused.status(), refused.body());
        assertEquals(200, status(bearer(token)));
    }

    @Test
    void tokenFileHoldsNoSecretAndIsPrivate() throws IOException {
        Path file = folder.resolve("tokens");
        String token = weir.tokens.add("alice", true);
        assertFalse(Files.readString(file).contains(token));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.writeString(file, Files.readString(file) + "\n");
        assertEquals(401, status(bearer(token)));
    }

    @Test
    void hostOfAnotherServerIsRefused() throws IOException {
        String token = bearer(weir.tokens.add("alice", false));
        int port = weir.tcp.getPort();
        for (String host : new String[] {"evil.example", "127.0.0.1", "127.0.0.1:1", "weir.test"}) {
            assertEquals(
                    421,
                    RawHttp.request(weir.tcp, "GET", "/v1", "Host: " + host + "\r\n" + token, "")
                            .status(),
                    host);
        }
        for (String host : new String[] {"localhost", "[::1]", "Weir.Test"}) {
            String header = "Host: " + host + ":" + port + "\r\n";
            assertEquals(
                    200,
                    RawHttp.request(weir.tcp, "GET", "/v1", header + token, "").status(),
                    host);
        }
    }

    @Test
    void pageOfAnotherSiteIsRefused() throws IOException {
        String token = bearer(weir.tokens.add("alice", false));
        assertEquals(403, status(token + "Origin: https://evil.example\r\n"));
        assertEquals(403, status(token + "Origin: null\r\n"));
        assertEquals(403, status(token + "Sec-Fetch-Site: cross-site\r\n"));
        assertEquals(200, status(token + "Origin: http://localhost:" + weir.tcp.getPort() + "\r\n"));
    }

    @Test
    void codeOpensOneSession() throws IOException {
        String code = weir.sessions.newCode();
        String session = Objects.requireNonNull(weir.sessions.open(code));
        String cookie = "Cookie: weir-session-" + weir.tcp.getPort() + "=" + session + "\r\n";
        assertEquals(null, weir.sessions.open(code));
        assertEquals(200, status(cookie));
        weir.millis.addAndGet(Sessions.SESSION_MILLIS - 1);
        assertEquals(200, status(cookie));
        weir.millis.addAndGet(Sessions.SESSION_MILLIS);
        assertEquals(401, status(cookie));
        String late = weir.sessions.newCode();
        weir.millis.addAndGet(Sessions.CODE_MILLIS);
        assertEquals(null, weir.sessions.open(late));
    }

    @Test
    void changeWithASessionNeedsTheOrigin() throws IOException {
        String session = Objects.requireNonNull(weir.sessions.open(weir.sessions.newCode()));
        String cookie = "Cookie: weir-session-" + weir.tcp.getPort() + "=" + session + "\r\n";
        Reply refused = weir.remote("PATCH", "/v1/drives/vm1/limits", cookie, "{\"bps\":1}");
        assertEquals(403, refused.status());
        assertTrue(refused.body().contains("Origin is missing"), refused.body());
    }

    @Test
    void strangersAreSlowedDownAndUsersAreNot() throws IOException {
        String token = bearer(weir.tokens.add("alice", false));
        int last = 0;
        for (int i = 0; i < 100 && last != 429; i++) {
            last = status(bearer("guess" + i));
        }
        assertEquals(429, last);
        assertEquals(429, status(""));
        assertEquals(200, status(token));
        weir.millis.addAndGet(1000);
        assertEquals(401, status(""));
    }
}
