package dev.weir.cluster.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.testkit.tls.TestKeyStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jgroups.util.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections between hosts, with real sockets. */
@Timeout(60)
class BoundedTlsTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Path secret;
    private final SocketFactory factory;

    BoundedTlsTest(@TempDir Path folder) throws Exception {
        secret = TestKeyStore.in(folder, "cluster.p12");
        factory = BoundedTls.of(secret).createSocketFactory();
    }

    /** Accepts a connection and returns its first byte. */
    private static CompletableFuture<Integer> first(ServerSocket server) {
        return CompletableFuture.supplyAsync(() -> {
            try (Socket accepted = server.accept()) {
                int read = accepted.getInputStream().read();
                accepted.getOutputStream().write(read);
                accepted.getInputStream().read();
                return read;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private ServerSocket server() throws IOException {
        return factory.createServerSocket("cluster", 0, 1, LOOPBACK);
    }

    private static void exchange(Socket client, ServerSocket server) throws IOException {
        client.connect(new InetSocketAddress(LOOPBACK, server.getLocalPort()));
        client.getOutputStream().write(7);
        assertEquals(7, client.getInputStream().read());
    }

    @Test
    void handshakeHasATimeoutAndTheConnectionNone() throws Exception {
        try (ServerSocket server = server()) {
            CompletableFuture<Integer> first = first(server);
            try (Socket client = factory.createSocket("cluster")) {
                assertEquals(BoundedTls.HANDSHAKE_MILLIS, client.getSoTimeout());
                exchange(client, server);
                while (client.getSoTimeout() != 0 && !Thread.interrupted()) {
                    // the listener of the handshake has its own thread
                    Thread.onSpinWait();
                }
            }
            assertEquals(7, first.join());
        }
    }

    /** A host that trusts the key but does not have it. */
    private static SSLContext withoutKey(Path secret) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(Secret.trusted(secret, Secret.store(secret)));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void clientWithoutTheKeyIsRefused() throws Exception {
        try (ServerSocket server = server()) {
            CompletableFuture<Integer> first = first(server);
            try (Socket client = withoutKey(secret).getSocketFactory().createSocket()) {
                assertThrows(IOException.class, () -> exchange(client, server));
            }
            assertThrows(RuntimeException.class, first::join);
        }
    }

    @Test
    void olderTlsIsRefused() throws Exception {
        try (ServerSocket server = server()) {
            CompletableFuture<Integer> first = first(server);
            try (SSLSocket client =
                    (SSLSocket) Secret.context(secret).getSocketFactory().createSocket()) {
                client.setEnabledProtocols(new String[] {"TLSv1.2"});
                assertThrows(SSLException.class, () -> exchange(client, server));
            }
            assertThrows(RuntimeException.class, first::join);
        }
    }

    @Test
    void refusalIsThatOfTheSocket() throws Exception {
        try (ServerSocket server = server()) {
            int port = server.getLocalPort();
            assertThrows(IOException.class, () -> factory.createServerSocket("cluster", port, 1, LOOPBACK));
        }
    }
}
