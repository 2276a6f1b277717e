package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every supported kind of key completes a handshake as the key of the server and of the client. */
class KeyKindTest {
    private static final List<String> KINDS = List.of("server", "p384", "p521", "rsa", "ed25519", "ed448");

    /** Servers with pre-shared keys have another library. */
    static Stream<Arguments> kindsVersionsAndPreSharedKeys() {
        return KINDS.stream().flatMap(kind -> Stream.of("TLSv1.2", "TLSv1.3")
                .flatMap(version -> Stream.of("", "keys.psk").map(psk -> Arguments.of(kind, version, psk))));
    }

    @ParameterizedTest
    @MethodSource("kindsVersionsAndPreSharedKeys")
    void serverProvesItselfWithItsKey(String kind, String version, String psk) throws Exception {
        TlsFiles files = new TlsFiles(file(kind, "cert"), file(kind, "key"), null, psk(psk));

        assertEquals(Identity.UNKNOWN.toString(), handshake(files, TestKeys.trusting(kind, null), version));
    }

    @ParameterizedTest
    @MethodSource("kindsVersionsAndPreSharedKeys")
    void clientProvesItselfWithItsKey(String kind, String version, String psk) throws Exception {
        TlsFiles files = new TlsFiles(file("server", "cert"), file("server", "key"), file(kind, "cert"), psk(psk));
        if (kind.equals("server")) {
            return; // its certificate is for servers only
        }
        assertEquals("CN=localhost", handshake(files, TestKeys.trusting("server", kind), version));
    }

    @ParameterizedTest
    @CsvSource({"dsa, DSA", "rsa-pss, RSASSA-PSS", "secp256k1, EC"})
    void otherKindsAreRefusedWithTheOnesThatWork(String kind, String type) {
        TlsFiles files = new TlsFiles(file(kind, "cert"), file(kind, "key"), null, null);

        TlsFileException fault = assertThrows(TlsFileException.class, () -> TlsContext.read(files));

        assertEquals(files.certificate(), fault.file());
        assertEquals(
                "the certificate has a key of type " + type
                        + " that TLS does not take: make one with an RSA, ECDSA (P-256, P-384 or P-521), Ed25519 or Ed448 key",
                fault.reason());
    }

    @Test
    void keyOfAnotherCurveIsRefused() {
        TlsFiles files = new TlsFiles(file("ed448", "cert"), file("ed25519", "key"), null, null);

        TlsFileException fault = assertThrows(TlsFileException.class, () -> TlsContext.read(files));

        assertEquals(files.key(), fault.file());
        assertTrue(fault.reason().startsWith("the key"), fault.reason());
    }

    private static @Nullable Path psk(String name) {
        return name.isEmpty() ? null : TestKeys.file(name);
    }

    private static Path file(String kind, String part) {
        return TestKeys.file(kind + "-" + part + ".pem");
    }

    /** Returns the server's name of the client after a byte in each direction. */
    private static String handshake(TlsFiles files, SSLContext client, String version)
            throws IOException, ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        TlsContext context = TlsContext.read(files);
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            CompletableFuture<String> seen = CompletableFuture.supplyAsync(() -> serve(listening, context));
            int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
            try (SSLSocket socket =
                    (SSLSocket) client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
                socket.setEnabledProtocols(new String[] {version});
                socket.getOutputStream().write(7);
                assertEquals(7, socket.getInputStream().read());
            }
            return seen.get(10, TimeUnit.SECONDS);
        }
    }

    private static String serve(ServerSocketChannel listening, TlsContext context) {
        try (SocketChannel socket = listening.accept();
                Wire wire = context.start(socket)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            while (one.hasRemaining() && wire.read(one) >= 0) {
                Thread.onSpinWait();
            }
            wire.write(one.flip());
            return wire.peer().toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
