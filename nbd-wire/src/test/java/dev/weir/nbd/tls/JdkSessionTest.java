package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's session of the JDK without sockets. */
class JdkSessionTest {
    private static final int BYTES = 64 << 10;

    private final ByteBuffer toServer = ByteBuffer.allocate(BYTES);
    private final ByteBuffer toClient = ByteBuffer.allocate(BYTES);
    private final ByteBuffer plain = ByteBuffer.allocate(BYTES);

    private static TlsSession server(@Nullable Path authorities) throws IOException {
        CertifiedKey key = CertifiedKey.read(
                Objects.requireNonNull(TestKeys.FILES.certificate()), Objects.requireNonNull(TestKeys.FILES.key()));
        return new JdkServer(key, authorities == null ? null : TrustedAuthorities.read(authorities)).start();
    }

    private static SSLEngine client(String version) throws Exception {
        SSLEngine client = TestKeys.client(null).createSSLEngine("localhost", 0);
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {version});
        client.beginHandshake();
        return client;
    }

    /** Collects the output of the client. */
    private void clientSends(SSLEngine client) throws SSLException {
        while (client.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            client.wrap(ByteBuffer.allocate(0), toServer);
        }
    }

    /** Passes the collected bytes to the server, at most {@code part} at once, and its answer to the client. */
    private void exchange(SSLEngine client, TlsSession server, int part) throws IOException {
        toServer.flip();
        try {
            while (toServer.hasRemaining()) {
                ByteBuffer room = server.room();
                int bytes = Math.min(part, Math.min(room.remaining(), toServer.remaining()));
                room.put(toServer.slice(toServer.position(), bytes));
                toServer.position(toServer.position() + bytes);
                server.received();
            }
        } finally {
            toServer.clear();
            toClient.put(server.output());
        }
        clientTakes(client);
    }

    private void clientTakes(SSLEngine client) throws SSLException {
        toClient.flip();
        int left;
        do {
            left = toClient.remaining();
            client.unwrap(toClient, plain);
            for (Runnable task = client.getDelegatedTask(); task != null; task = client.getDelegatedTask()) {
                task.run();
            }
        } while (toClient.remaining() < left && client.getHandshakeStatus() != HandshakeStatus.NEED_WRAP);
        toClient.compact();
    }

    private void handshake(SSLEngine client, TlsSession server, int part) throws IOException {
        while (server.isHandshaking()) {
            clientSends(client);
            exchange(client, server, part);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void recordsArriveByteByByte(String version) throws Exception {
        SSLEngine client = client(version);
        TlsSession server = server(null);

        handshake(client, server, 1);
        client.wrap(ByteBuffer.wrap(new byte[] {1, 2, 3}), toServer);
        exchange(client, server, 1);

        ByteBuffer read = ByteBuffer.allocate(10);
        server.read(read);
        assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), read.flip());
        assertEquals(0, server.available());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void refusedClientIsTold(String version) throws Exception {
        SSLEngine client = client(version);
        TlsSession server = server(TestKeys.FILES.authorities());

        assertThrows(IOException.class, () -> handshake(client, server, BYTES));
        server.close();
        toClient.put(server.output());

        SSLException told = assertThrows(SSLException.class, () -> clientTakes(client));
        String alert = String.valueOf(told.getMessage()); // its name depends on the JDK
        assertTrue(alert.contains("Received fatal alert: "), alert);
    }

    /** An attacker can send anything, at any moment of the handshake. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void damagedBytesEndTheSession(String version) throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            SSLEngine client = client(version);
            TlsSession server = server(null);
            int undamaged = random.nextInt(3);
            for (int i = 0; i < undamaged && server.isHandshaking(); i++) {
                clientSends(client);
                exchange(client, server, BYTES);
            }
            clientSends(client);
            if (toServer.position() == 0) {
                client.wrap(ByteBuffer.wrap(new byte[100]), toServer);
            }
            for (int i = random.nextInt(5); i >= 0; i--) {
                toServer.put(random.nextInt(toServer.position()), (byte) random.nextInt());
            }
            try {
                exchange(client, server, BYTES);
            } catch (IOException e) {
                // either side may see it; other exceptions fail the test
            }
            toServer.clear();
            toClient.clear();
            server.close();
        }
    }

    @Test
    void nothingIsReadBeforeTheEndOfTheHandshake() throws Exception {
        TlsSession server = server(null);

        server.room().put(new byte[] {22, 3, 3, 64, 0, 1, 0});
        server.received();

        assertEquals(0, server.available());
        assertFalse(server.isClosed());
    }
}
