package dev.weir.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.connection.TlsPolicy;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS over real sockets with the JDK's TLS as the client. */
@Timeout(60)
class TlsServerTest {
    private static final int SIZE = 4 << 20;
    private static final int FLAGS = Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES;

    private final MemoryDrive drive = new MemoryDrive("vm1", SIZE, false);
    private final MemoryDrive secret = new MemoryDrive("secret", SIZE, false);
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);

    @BeforeEach
    void start() throws IOException {
        exports.add(drive);
        exports.add(secret, Set.of("alice"));
        server.start();
        server.secure(new TlsPolicy(TlsMode.REQUIRED, TlsContext.read(SharedKeys.FILES), false));
        server.listen(List.of("tcp:127.0.0.1:0"));
    }

    @AfterEach
    void stop() {
        server.close();
        server.loops().forEach(loop -> assertEquals(0, loop.pool().lent()));
    }

    private NbdClient connect() throws IOException {
        String address = server.addresses().get(0);
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        NbdClient client = new NbdClient(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        client.greet(FLAGS);
        return client;
    }

    /** Servers with pre-shared keys have another library. */
    @ParameterizedTest
    @CsvSource({"TLSv1.2, false", "TLSv1.2, true", "TLSv1.3, false", "TLSv1.3, true"})
    void aClientWithACertificateReadsAndWrites(String version, boolean psk) throws Exception {
        TlsFiles files = psk ? SharedKeys.WITH_PRE_SHARED_KEYS : SharedKeys.FILES;
        server.secure(new TlsPolicy(TlsMode.REQUIRED, TlsContext.read(files), false));
        byte[] data = new byte[SIZE];
        new Random(6).nextBytes(data);
        try (NbdClient client = connect()) {
            client.startTls(SharedKeys.client("client"), version);
            client.go("secret");
            client.send(new Requests()
                    .request(0, Nbd.NBD_CMD_WRITE, 1, 0, SIZE)
                    .raw(data)
                    .flush(2));
            assertEquals(Reply.ok(1), client.reply());
            assertEquals(Reply.ok(2), client.reply());
            assertArrayEquals(data, secret.content(0, SIZE));

            Requests reads = new Requests();
            for (int i = 0; i < 512; i++) {
                reads.read(i, i * 8192L, 8192);
            }
            client.send(reads);
            for (int i = 0; i < 512; i++) {
                Reply reply = client.reply(8192);
                int at = (int) reply.cookie() * 8192;
                assertEquals(Reply.ok(reply.cookie(), java.util.Arrays.copyOfRange(data, at, at + 8192)), reply);
            }
            client.send(new Requests().disconnect());
            assertTrue(client.isClosedByServer());
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, false", "TLSv1.2, true", "TLSv1.3, false", "TLSv1.3, true"})
    void aClientWithoutACertificateIsSentAway(String version, boolean psk) throws Exception {
        TlsFiles files = psk ? SharedKeys.WITH_PRE_SHARED_KEYS : SharedKeys.FILES;
        server.secure(new TlsPolicy(TlsMode.REQUIRED, TlsContext.read(files), false));
        try (NbdClient client = connect()) {
            assertThrows(IOException.class, () -> {
                client.startTls(SharedKeys.client(null), version);
                client.go("vm1"); // a TLS 1.3 client completes its handshake before the server checks it
            });
        }
    }

    @Test
    void withoutAuthoritiesClientsAreAnonymous() throws Exception {
        TlsFiles files = new TlsFiles(SharedKeys.FILES.certificate(), SharedKeys.FILES.key(), null, null);
        server.secure(new TlsPolicy(TlsMode.REQUIRED, TlsContext.read(files), false));
        try (NbdClient client = connect()) {
            client.startTls(SharedKeys.client(null), "TLSv1.3");
            client.send(NbdClient.option(Nbd.NBD_OPT_GO, NbdClient.infoData("secret")));
            assertEquals(Nbd.NBD_REP_ERR_UNKNOWN, client.optionReplies().get(0).type());
            client.go("vm1");
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());
        }
    }

    @Test
    void earlyBytesAreNotTls() throws Exception {
        try (NbdClient client = connect()) {
            ByteBuffer both = ByteBuffer.allocate(100)
                    .put(NbdClient.option(Nbd.NBD_OPT_STARTTLS))
                    .put(NbdClient.option(Nbd.NBD_OPT_EXPORT_NAME, "vm1".getBytes(UTF_8)))
                    .flip();
            byte[] bytes = new byte[both.remaining()];
            both.get(bytes);
            client.send(bytes);
            assertEquals(Nbd.NBD_REP_ACK, client.optionReplies().get(0).type());
            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void garbageInPlaceOfTlsEnds() throws Exception {
        try (NbdClient client = connect();
                NbdClient good = connect()) {
            good.startTls(SharedKeys.client("client"), "TLSv1.3");
            good.go("vm1");
            client.send(NbdClient.option(Nbd.NBD_OPT_STARTTLS));
            client.optionReplies();
            client.send("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
            assertThrows(IOException.class, () -> client.receive(1000));
            good.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), good.reply());
        }
    }

    /** A client that is removed from the list is disconnected. Other clients are not interrupted. */
    @Test
    void changedClientListApplies() throws Exception {
        try (NbdClient client = connect();
                NbdClient other = connect()) {
            client.startTls(SharedKeys.client("client"), "TLSv1.3");
            client.go("secret");
            other.startTls(SharedKeys.client("client"), "TLSv1.3");
            other.go("vm1");
            exports.add(secret, Set.of("alice", "bob"));
            server.driveChanged(secret);
            client.send(new Requests().flush(1));
            assertEquals(Reply.ok(1), client.reply());
            exports.add(secret, Set.of("bob"));
            server.driveChanged(secret);
            assertTrue(client.isClosedByServer());
            other.send(new Requests().flush(2));
            assertEquals(Reply.ok(2), other.reply());
        }
    }

    @Test
    void urisShowTls(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        server.listen(List.of("tcp:127.0.0.1:0", "unix:" + socket));
        assertTrue(server.uris("vm1").get(0).startsWith("nbds://127.0.0.1:"));
        assertEquals("nbds+unix:///vm1?socket=" + socket, server.uris("vm1").get(1));
        server.secure(TlsPolicy.OFF);
        assertTrue(server.uris("vm1").get(0).startsWith("nbd://127.0.0.1:"));
    }

    @Test
    void remoteClientsNeedTlsOrConsent() {
        server.secure(TlsPolicy.OFF);
        server.listen(List.of("tcp:0.0.0.0:0", "tcp:127.0.0.1:0"));
        assertEquals(1, server.addresses().size());
        assertTrue(
                server.faults().get(0).contains("allow-plaintext-tcp"),
                server.faults().toString());

        server.secure(new TlsPolicy(TlsMode.OFF, null, true));
        server.listen(List.of("tcp:0.0.0.0:0", "tcp:127.0.0.1:0"));
        assertEquals(List.of(), server.faults());

        server.secure(TlsPolicy.OFF);
        server.listen(List.of("tcp:0.0.0.0:0", "tcp:127.0.0.1:0"));
        assertEquals(1, server.addresses().size());
    }
}
