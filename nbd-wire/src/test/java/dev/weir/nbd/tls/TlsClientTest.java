package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client side of TLS with the JDK's TLS and with Weir's own server as the server. */
@Timeout(60)
class TlsClientTest {
    private static final String HOST = "localhost";

    /** Serves one connection: returns the received bytes and sends them back. */
    private interface Server {
        int serve(SocketChannel socket) throws Exception;
    }

    private static Path file(String kind, String part) {
        return TestKeys.file(kind + "-" + part + ".pem");
    }

    private static TlsClientContext client(String authority, @Nullable String key) throws IOException {
        return TlsClientContext.read(
                new TlsFiles(
                        key == null ? null : file(key, "cert"),
                        key == null ? null : file(key, "key"),
                        file(authority, "cert"),
                        null),
                "");
    }

    /** A server of the JDK that demands a certificate if {@code asks}. */
    private static Server jdk(SSLContext keys, String version, boolean asks) {
        return socket -> {
            try (SSLSocket tls = (SSLSocket) keys.getSocketFactory().createSocket(socket.socket(), "client", 0, true)) {
                tls.setUseClientMode(false);
                tls.setNeedClientAuth(asks);
                tls.setEnabledProtocols(new String[] {version});
                int sent = tls.getInputStream().read();
                tls.getOutputStream().write(sent);
                return sent;
            }
        };
    }

    private static Server weir(TlsFiles files) {
        return socket -> {
            try (Wire wire = TlsContext.read(files).start(socket)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                while (one.hasRemaining() && wire.read(one) >= 0) {
                    Thread.onSpinWait();
                }
                wire.write(one.flip());
                return one.get(0);
            }
        };
    }

    /** Sends a byte through TLS to a server that sends it back. */
    private static void handshake(TlsClientContext client, String host, Server server) throws Exception {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Callable<Integer> serve = () -> {
                try (SocketChannel socket = listening.accept()) {
                    return server.serve(socket);
                }
            };
            FutureTask<Integer> served = new FutureTask<>(serve);
            Thread thread = new Thread(served, "server");
            thread.start();
            try (SocketChannel socket = SocketChannel.open(listening.getLocalAddress())) {
                socket.configureBlocking(false);
                try (Wire wire = client.start(socket, host)) {
                    assertTrue(wire.isSecure());
                    assertEquals(7, exchange(wire));
                }
                assertEquals(7, served.get());
            } finally {
                thread.join();
            }
        }
    }

    private static int exchange(Wire wire) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(new byte[] {7});
        ByteBuffer in = ByteBuffer.allocate(1);
        while (in.hasRemaining()) {
            wire.write(out);
            if (wire.read(in) < 0) {
                throw new EOFException("the server hung up");
            }
            Thread.onSpinWait();
        }
        return in.get(0);
    }

    private static String refusal(TlsClientContext client, String host, Server server) {
        return String.valueOf(assertThrows(IOException.class, () -> handshake(client, host, server))
                .getMessage());
    }

    static Stream<Arguments> kindsAndVersions() {
        return Stream.of("p384", "p521", "rsa", "ed25519", "ed448")
                .flatMap(kind -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(kind, version)));
    }

    @ParameterizedTest
    @MethodSource("kindsAndVersions")
    void serverWithEveryKindOfKeyIsTrusted(String kind, String version) throws Exception {
        handshake(client(kind, null), HOST, jdk(TestKeys.trusting("server", kind), version, false));
    }

    @ParameterizedTest
    @MethodSource("kindsAndVersions")
    void clientProvesItselfWithEveryKindOfKey(String kind, String version) throws Exception {
        handshake(client("ca", kind), HOST, jdk(TestKeys.trusting(kind, "server"), version, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void addressInTheCertificateCounts(String version) throws Exception {
        handshake(client("ca", "client"), "127.0.0.1", jdk(TestKeys.trusting("server", "server"), version, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void serverOfAnotherHostIsRefused(String version) throws Exception {
        assertEquals(
                "TLS: bad_certificate(42); the certificate is not for disk.example but for localhost, 127.0.0.1",
                refusal(
                        client("ca", null),
                        "disk.example",
                        jdk(TestKeys.trusting("server", "server"), version, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void serverOfAnotherAuthorityIsRefused(String version) throws Exception {
        String refused =
                refusal(client("p384", null), HOST, jdk(TestKeys.trusting("server", "server"), version, false));

        assertTrue(refused.startsWith("TLS: ") && refused.contains("unable to find valid certification path"), refused);
    }

    @Test
    void certificateOfAClientIsRefusedAsThatOfAServer() throws Exception {
        TlsFiles files = new TlsFiles(file("client", "cert"), file("client", "key"), null, null);

        String refused = refusal(client("ca", null), HOST, weir(files));

        assertTrue(refused.contains("TLS server authentication"), refused);
    }

    @Test
    void authoritiesOfTheJdkAreTheDefault() throws Exception {
        TlsClientContext client = TlsClientContext.read(new TlsFiles(null, null, null, null), "");
        TlsFiles files = new TlsFiles(file("server", "cert"), file("server", "key"), null, null);

        String refused = refusal(client, HOST, weir(files));

        assertTrue(refused.contains("unable to find valid certification path"), refused);
    }

    private static TlsClientContext preShared(Path file, String user) throws IOException {
        return TlsClientContext.read(new TlsFiles(null, null, null, file), user);
    }

    private static final TlsFiles BOTH =
            new TlsFiles(file("server", "cert"), file("server", "key"), null, TestKeys.file("keys.psk"));

    @ParameterizedTest
    @ValueSource(strings = {"bob", ""})
    void preSharedKeyProvesBothSides(String user) throws Exception {
        handshake(preShared(TestKeys.file("keys.psk"), user), HOST, weir(BOTH));
    }

    @Test
    void preSharedKeyWorksWithTls12() throws Exception {
        byte[] key = java.util.HexFormat.of().parseHex("00112233445566778899aabbccddeeff");
        handshake(preShared(TestKeys.file("keys.psk"), ""), HOST, socket -> {
            TlsServerProtocol protocol = new TlsServerProtocol(
                    socket.socket().getInputStream(), socket.socket().getOutputStream());
            protocol.accept(new PSKTlsServer(new JdkCrypto(new java.security.SecureRandom()), identity(key)));
            InputStream in = protocol.getInputStream();
            OutputStream out = protocol.getOutputStream();
            int sent = in.read();
            out.write(sent);
            out.flush();
            return sent;
        });
    }

    private static TlsPSKIdentityManager identity(byte[] key) {
        return new TlsPSKIdentityManager() {
            @Override
            public byte @Nullable [] getHint() {
                return null;
            }

            @Override
            public byte[] getPSK(byte[] user) {
                return key.clone();
            }
        };
    }

    @Test
    void serverWithoutTheKeyIsRefusedInSpiteOfItsCertificate(@TempDir Path folder) throws Exception {
        TlsFiles files = new TlsFiles(file("server", "cert"), file("server", "key"), null, null);

        assertEquals(
                "TLS: handshake_failure(40); the server does not use the pre-shared key",
                refusal(preShared(TestKeys.file("keys.psk"), ""), HOST, weir(files)));
        Path other = Files.writeString(folder.resolve("other.psk"), "bob:0011\n");
        assertThrows(IOException.class, () -> handshake(preShared(other, "bob"), HOST, weir(BOTH)));
    }

    @Test
    void faultOfTheFilesIsNamed(@TempDir Path folder) throws Exception {
        Path two = Files.writeString(folder.resolve("two.psk"), "bob:0011\neve:2233\n");
        assertEquals(two + ": has several users: name one", fault(new TlsFiles(null, null, null, two), ""));
        assertEquals(two + ": has no key of user tom", fault(new TlsFiles(null, null, null, two), "tom"));
        assertEquals(
                "must have certificates or a pre-shared key, not both",
                fault(new TlsFiles(null, null, file("ca", "cert"), two), "bob"));
        assertEquals(
                "a certificate and its key must be given together",
                fault(new TlsFiles(file("client", "cert"), null, null, null), ""));
    }

    private static String fault(TlsFiles files, String user) {
        return String.valueOf(assertThrows(IOException.class, () -> TlsClientContext.read(files, user))
                .getMessage());
    }
}
