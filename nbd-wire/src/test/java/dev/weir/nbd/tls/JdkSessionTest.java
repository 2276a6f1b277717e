package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.wire.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.tls.TlsClientProtocol;
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

    private static TlsSession server(long bytesPerKey) throws IOException {
        CertifiedKey key = CertifiedKey.read(
                Objects.requireNonNull(TestKeys.FILES.certificate()), Objects.requireNonNull(TestKeys.FILES.key()));
        return new JdkSession(new JdkServer(key, null).engine(), () -> Identity.UNKNOWN, bytesPerKey);
    }

    private static SSLEngine client(String version) throws Exception {
        return client(TestKeys.client(null), version);
    }

    private static SSLEngine client(SSLContext context, String version) throws SSLException {
        SSLEngine client = context.createSSLEngine("localhost", 0);
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

    /** GnuTLS would otherwise send no RSA certificate to JDK 25. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void requestNamesNoAuthorities(String version) throws Exception {
        List<Principal> named = new ArrayList<>();
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                new KeyManager[] {new NamedAuthorities(named)},
                new TrustManager[] {
                    TrustedAuthorities.read(TestKeys.file("ca-cert.pem")).manager()
                },
                null);
        SSLEngine client = client(context, version);
        TlsSession server = server(TestKeys.FILES.authorities());

        assertThrows(IOException.class, () -> handshake(client, server, BYTES));

        assertEquals(List.of(), named);
    }

    /** Notes the authorities of a request and has no certificate. */
    private static final class NamedAuthorities extends X509ExtendedKeyManager {
        private final List<Principal> named;

        NamedAuthorities(List<Principal> named) {
            this.named = named;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
            named.addAll(issuers == null ? List.of() : List.of(issuers));
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }

    /** A client of Bouncy Castle because the JDK's clients send no key updates on demand. */
    private static final class UpdatingClient extends TlsClientProtocol {
        final byte[] output = new byte[BYTES];
        int askedForKeys;

        @Override
        protected void receive13KeyUpdate(ByteArrayInputStream message) throws IOException {
            super.receive13KeyUpdate(message);
            askedForKeys++;
        }

        void update() throws IOException {
            send13KeyUpdate(true);
        }

        /** Passes all output to the server and all answers to this client, if it reads them. */
        void exchange(TlsSession server, boolean isReading) throws IOException {
            int bytes = readOutput(output, 0, output.length);
            server.room().put(output, 0, bytes);
            server.received();
            if (isReading) {
                ByteBuffer answers = server.output();
                byte[] read = new byte[answers.remaining()];
                answers.get(read);
                offerInput(read);
            }
        }
    }

    private static UpdatingClient updating(TlsSession server) throws IOException {
        UpdatingClient client = new UpdatingClient();
        TlsClientContext context =
                TlsClientContext.read(new TlsFiles(null, null, TestKeys.FILES.authorities(), null), "");
        client.connect(new TlsClientPeer(context, "localhost"));
        while (server.isHandshaking()) {
            client.exchange(server, true);
        }
        return client;
    }

    @Test
    void keyUpdatesAreAnswered() throws Exception {
        TlsSession server = server(null);
        UpdatingClient client = updating(server);
        for (int i = 0; i < 100; i++) {
            client.update();
            client.writeApplicationData(new byte[] {1}, 0, 1);
            client.exchange(server, true);
            server.encrypt(new ByteBuffer[] {ByteBuffer.wrap(new byte[] {2})}, 0, 1);
            client.exchange(server, true);
        }

        assertEquals(100, server.available());
        assertEquals(100, client.getAvailableInputBytes());
    }

    /** GnuTLS ends a connection on which it is asked more than 8 times in a second. */
    @Test
    void newKeysAreAskedForOncePerMebibyte() throws Exception {
        TlsSession server = server(1 << 20);
        UpdatingClient client = updating(server);
        for (int i = 0; i < 300; i++) {
            client.writeApplicationData(new byte[10_000], 0, 10_000);
            client.exchange(server, false);
            server.read(ByteBuffer.allocate(10_000));
        }
        client.exchange(server, true);
        client.writeApplicationData(new byte[1], 0, 1);
        client.exchange(server, true);

        assertEquals(2, client.askedForKeys);
        assertEquals(1, server.available());
    }

    /** Each costs the server two keys and the client almost nothing. */
    @Test
    void keyUpdatesWithoutDataEndTheSession() throws Exception {
        TlsSession server = server(null);
        UpdatingClient client = updating(server);
        for (int i = 0; i < 32; i++) {
            client.update();
        }
        client.exchange(server, true);
        client.update();

        String reason = String.valueOf(assertThrows(IOException.class, () -> client.exchange(server, true))
                .getMessage());
        assertEquals("the other side sent more than 32 records without data", reason);
    }

    /** Otherwise a client that reads nothing could fill the heap. */
    @Test
    void unreadAnswersEndTheSession() throws Exception {
        TlsSession server = server(null);
        UpdatingClient client = updating(server);

        String reason = String.valueOf(assertThrows(IOException.class, () -> updateWithoutReading(client, server))
                .getMessage());

        assertEquals("the other side does not read the answers to its key updates", reason);
    }

    private static void updateWithoutReading(UpdatingClient client, TlsSession server) throws IOException {
        for (int i = 0; i < 10_000; i++) {
            client.update();
            client.writeApplicationData(new byte[] {1}, 0, 1);
            client.exchange(server, false);
            server.read(ByteBuffer.allocate(1));
        }
    }
}
