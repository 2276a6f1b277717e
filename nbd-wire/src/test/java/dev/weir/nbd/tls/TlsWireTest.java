package dev.weir.nbd.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server's side of TLS with the JDK's TLS as the client. The library of a server with pre-shared keys is Bouncy
 * Castle, and that of other servers is the JDK.
 */
@Timeout(60)
class TlsWireTest {
    private static final int LONG = 8 << 20;

    /** One for all connections of a test, because a client resumes sessions by the server's port. */
    private final ServerSocketChannel listening;

    TlsWireTest() throws IOException {
        listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        listening.close();
    }

    /** Serves one connection on a socket that does not block. */
    private interface Server {
        void serve(Wire wire) throws Exception;
    }

    /** Uses a connection. The number counts the encrypted bytes that the client has received. */
    private interface Client {
        void use(SSLSocket socket, AtomicLong received) throws Exception;
    }

    /** A socket that counts the bytes that it receives. */
    private static final class CountingSocket extends Socket {
        final AtomicLong received = new AtomicLong();

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] to, int offset, int length) throws IOException {
                    int bytes = super.read(to, offset, length);
                    received.addAndGet(Math.max(0, bytes));
                    return bytes;
                }
            };
        }
    }

    static Stream<Arguments> serversAndVersions() {
        return Stream.of(false, true)
                .flatMap(psk -> Stream.of("TLSv1.2", "TLSv1.3").map(version -> Arguments.of(psk, version)));
    }

    private static TlsContext server(boolean psk, @Nullable Path authorities) throws IOException {
        TlsFiles files = TestKeys.FILES;
        Path keys = psk ? TestKeys.file("keys.psk") : null;
        return TlsContext.read(new TlsFiles(files.certificate(), files.key(), authorities, keys));
    }

    /** Connects a client to a server. Throws the client's exception or else the server's. */
    private void connect(TlsContext context, Server server, SSLContext keys, String version, Client client)
            throws Exception {
        FutureTask<Void> served = new FutureTask<>(() -> {
            try (SocketChannel socket = listening.accept()) {
                socket.configureBlocking(false);
                try (Wire wire = context.start(socket)) {
                    server.serve(wire);
                }
            }
            return null;
        });
        Thread thread = new Thread(served, "server");
        thread.start();
        CountingSocket plain = new CountingSocket();
        plain.connect(listening.getLocalAddress());
        try (SSLSocket socket = (SSLSocket) keys.getSocketFactory().createSocket(plain, "localhost", 0, true)) {
            socket.setEnabledProtocols(new String[] {version});
            client.use(socket, plain.received);
        } finally {
            thread.join();
        }
        served.get();
    }

    /** Returns the next byte or -1 at the end. */
    private static int next(Wire wire) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        int read = wire.read(one);
        while (read == 0) {
            Thread.onSpinWait();
            read = wire.read(one);
        }
        return read < 0 ? read : one.get(0);
    }

    private static void writeAll(Wire wire, ByteBuffer... bytes) throws IOException {
        while (bytes[bytes.length - 1].hasRemaining()) {
            wire.write(bytes);
            Thread.onSpinWait();
        }
        while (!wire.flush()) {
            Thread.onSpinWait();
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(3).nextBytes(noise);
        return noise;
    }

    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void longWritesArriveAlthoughTheSocketIsFull(boolean psk, String version) throws Exception {
        byte[] noise = noise(LONG);
        Server server = wire -> {
            assertEquals(7, next(wire));
            ByteBuffer all = ByteBuffer.wrap(noise);
            // parts as replies have them: a header, data, and data that is shorter than a record
            writeAll(wire, all.slice(0, 16), all.slice(16, LONG - 1016), all.slice(LONG - 1000, 1000));
            assertEquals(-1, next(wire));
        };
        connect(server(psk, null), server, TestKeys.client(null), version, (socket, received) -> {
            socket.getOutputStream().write(7);
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[LONG];
            for (int at = 0; at < LONG; ) {
                int length = in.read(bytes, at, Math.min(10_000, LONG - at));
                assertTrue(length > 0, () -> "ended early");
                at += length;
            }
            assertEquals(HexFormat.of().formatHex(noise), HexFormat.of().formatHex(bytes));
        });
    }

    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void longReadsArriveWhole(boolean psk, String version) throws Exception {
        byte[] noise = noise(LONG);
        ByteBuffer all = ByteBuffer.allocate(LONG);
        Server server = wire -> {
            int read = 0;
            for (int part = 1; read >= 0 && all.hasRemaining(); part = part % 50_000 + 4_999) {
                ByteBuffer to = all.slice(all.position(), Math.min(part, all.remaining()));
                read = wire.read(to);
                all.position(all.position() + to.position());
                assertTrue(!to.hasRemaining() || !wire.hasMore(), "bytes were left in spite of room");
            }
            writeAll(wire, ByteBuffer.wrap(new byte[] {7}));
        };
        connect(server(psk, null), server, TestKeys.client(null), version, (socket, received) -> {
            socket.getOutputStream().write(noise);
            assertEquals(7, socket.getInputStream().read());
        });
        assertEquals(HexFormat.of().formatHex(noise), HexFormat.of().formatHex(all.array()));
    }

    /** The alert follows the last plain byte. The JDK's client does not require it. */
    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void clientCanTellTheEndFromAnAttack(boolean psk, String version) throws Exception {
        Server server = wire -> {
            assertEquals(7, next(wire));
            writeAll(wire, ByteBuffer.wrap(new byte[] {8}));
            assertEquals(9, next(wire));
        };
        connect(server(psk, null), server, TestKeys.client(null), version, (socket, received) -> {
            socket.getOutputStream().write(7);
            assertEquals(8, socket.getInputStream().read());
            long before = received.get();
            socket.getOutputStream().write(9);
            assertEquals(-1, socket.getInputStream().read());
            assertTrue(received.get() > before, "the connection ended without an alert");
        });
    }

    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void closeAlertOfTheClientIsAnswered(boolean psk, String version) throws Exception {
        Server server = wire -> {
            assertEquals(7, next(wire));
            writeAll(wire, ByteBuffer.wrap(new byte[] {8}));
            assertEquals(-1, next(wire));
        };
        connect(server(psk, null), server, TestKeys.client(null), version, (socket, received) -> {
            socket.getOutputStream().write(7);
            assertEquals(8, socket.getInputStream().read());
            long before = received.get();
            socket.shutdownOutput();
            assertEquals(-1, socket.getInputStream().read());
            assertTrue(received.get() > before, "the connection ended without an alert");
        });
    }

    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void nameOfTheClientIsKnownAfterTheHandshake(boolean psk, String version) throws Exception {
        Server server = wire -> {
            assertEquals(Identity.UNKNOWN, wire.peer());
            assertTrue(wire.isHandshaking());
            assertEquals(7, next(wire));
            assertFalse(wire.isHandshaking());
            assertEquals("CN=alice,O=Example", wire.peer().toString());
            writeAll(wire, ByteBuffer.wrap(new byte[] {8}));
        };
        connect(
                server(psk, TestKeys.FILES.authorities()),
                server,
                TestKeys.client("client"),
                version,
                (socket, received) -> {
                    socket.getOutputStream().write(7);
                    assertEquals(8, socket.getInputStream().read());
                });
    }

    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void clientWithoutACertificateIsRefused(boolean psk, String version) throws Exception {
        Server server = wire -> {
            String reason = String.valueOf(
                    assertThrows(IOException.class, () -> next(wire)).getMessage());
            assertTrue(reason.startsWith("TLS: "), reason);
        };
        connect(
                server(psk, TestKeys.FILES.authorities()),
                server,
                TestKeys.client(null),
                version,
                (socket, received) -> {
                    assertThrows(IOException.class, () -> {
                        socket.getOutputStream().write(7);
                        socket.getInputStream().read();
                    });
                });
    }

    /** A client that trusts another authority hangs up. */
    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void alertOfTheClientIsTheReason(boolean psk, String version) throws Exception {
        Server server = wire -> {
            String reason = String.valueOf(
                    assertThrows(IOException.class, () -> next(wire)).getMessage());
            assertTrue(reason.contains("certificate_unknown"), reason);
        };
        connect(server(psk, null), server, TestKeys.trusting("p384", null), version, (socket, received) -> {
            assertThrows(SSLException.class, socket::startHandshake);
        });
    }

    /** Otherwise a certificate that was removed would be good for the next connection of its client. */
    @ParameterizedTest
    @MethodSource("serversAndVersions")
    void noSessionIsResumed(boolean psk, String version) throws Exception {
        TlsContext context = server(psk, null);
        SSLContext client = TestKeys.client(null);
        long[] begun = new long[2];
        for (int i = 0; i < begun.length; i++) {
            int run = i;
            Server server = wire -> {
                assertEquals(7, next(wire));
                writeAll(wire, ByteBuffer.wrap(new byte[] {8}));
                assertEquals(-1, next(wire));
            };
            connect(context, server, client, version, (socket, received) -> {
                socket.getOutputStream().write(7);
                assertEquals(8, socket.getInputStream().read());
                begun[run] = socket.getSession().getCreationTime();
                while (System.currentTimeMillis() == begun[run]) {
                    Thread.onSpinWait();
                }
            });
        }
        assertTrue(begun[1] > begun[0], "the second connection has the session of the first");
    }

    /** Bouncy Castle refuses it by a warning and keeps the first session. */
    @Test
    void secondHandshakeIsRefused() throws Exception {
        Server server = wire -> {
            assertEquals(7, next(wire));
            String reason = String.valueOf(
                    assertThrows(IOException.class, () -> next(wire)).getMessage());
            assertEquals("TLS: the other side wants a new handshake", reason);
        };
        connect(server(false, null), server, TestKeys.client(null), "TLSv1.2", (socket, received) -> {
            socket.getOutputStream().write(7);
            assertThrows(IOException.class, () -> {
                socket.startHandshake();
                socket.getOutputStream().write(7);
                socket.getInputStream().read();
            });
        });
    }

    /** Otherwise a client that sends them faster than they are read would keep the thread from all others. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void floodOfAlertsDoesNotHoldTheThread(boolean psk) throws Exception {
        ByteBuffer warnings = ByteBuffer.allocate(70_000);
        while (warnings.remaining() >= 7) {
            warnings.put(new byte[] {21, 3, 3, 0, 2, 1, 90}); // user_canceled
        }
        byte[] bytes = warnings.array();
        try (Socket client = new Socket()) {
            client.connect(listening.getLocalAddress());
            FutureTask<Void> flood = new FutureTask<>(() -> {
                while (true) {
                    client.getOutputStream().write(bytes);
                }
            });
            new Thread(flood, "flood").start();
            try (SocketChannel socket = listening.accept()) {
                socket.configureBlocking(false);
                Wire wire = server(psk, null).start(socket);
                for (int i = 0; i < 100; i++) {
                    assertEquals(0, wire.read(ByteBuffer.allocate(1)));
                }
            }
            assertThrows(ExecutionException.class, flood::get);
        }
    }
}
