package dev.weir.backend.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.wire.PlainWire;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server with a thread for each connection. A test sets its abilities before it connects, and replaces the handler
 * of its requests at any time.
 */
final class FarServer implements AutoCloseable {
    static final int ALL_FLAGS = Nbd.NBD_FLAG_HAS_FLAGS
            | Nbd.NBD_FLAG_SEND_FLUSH
            | Nbd.NBD_FLAG_SEND_FUA
            | Nbd.NBD_FLAG_SEND_TRIM
            | Nbd.NBD_FLAG_SEND_WRITE_ZEROES
            | Nbd.NBD_FLAG_SEND_FAST_ZERO
            | Nbd.NBD_FLAG_SEND_CACHE;

    static final int CONTEXT_ID = 7;

    /** A request as the server sees it. */
    record Request(int type, int flags, long cookie, long offset, long length, ByteBuffer payload) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        /** Returns the name and the range for lists of requests, for example {@code 1+fua 4096+512}. */
        @Override
        public String toString() {
            return type + (flags == 0 ? "" : "/" + flags) + " " + offset + "+" + length;
        }
    }

    /** Handles a request. */
    interface Handler {
        void handle(Request request, Connection connection) throws IOException;
    }

    volatile int greeting = Nbd.NBD_FLAG_FIXED_NEWSTYLE | Nbd.NBD_FLAG_NO_ZEROES;
    volatile NbdMode bestMode = NbdMode.EXTENDED;
    volatile boolean hasContext = true;
    volatile boolean hasGo = true;
    volatile int flags = ALL_FLAGS;
    volatile int minBlock = 1;
    volatile long maxBlock = 32 << 20;
    volatile @Nullable TlsContext tls;
    volatile byte[] disk;

    /** The requests on all connections, oldest first. */
    final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

    /** The connections that have completed their handshake. */
    final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();

    volatile Handler handler = (request, connection) -> connection.serve(request);

    /** Whether new connections are closed at once. */
    volatile boolean refuses;

    final AtomicInteger refused = new AtomicInteger();

    /** Runs when the server ends all connections. */
    volatile Runnable onDrop = () -> {};

    private final List<Connection> all = new CopyOnWriteArrayList<>();
    private final ServerSocketChannel listening;
    private volatile boolean closed;

    FarServer(int size) throws IOException {
        disk = new byte[size];
        listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        thread(this::accept).start();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "far-server");
        thread.setDaemon(true);
        return thread;
    }

    String uri() throws IOException {
        return "nbd://127.0.0.1:" + ((InetSocketAddress) listening.getLocalAddress()).getPort() + "/disk";
    }

    private void accept() {
        while (!closed) {
            try {
                SocketChannel socket = listening.accept();
                if (refuses) {
                    socket.close();
                    refused.incrementAndGet();
                    continue;
                }
                Connection connection = new Connection(socket);
                all.add(connection);
                thread(connection::run).start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** Ends all connections as a killed server does. */
    void drop() {
        List<Connection> dropped = List.copyOf(all);
        dropped.forEach(Connection::close);
        all.removeAll(dropped);
        onDrop.run();
    }

    /** Returns the next request. Fails if none comes. */
    Request next() throws InterruptedException {
        Request request = requests.poll(10, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came");
        }
        return request;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listening.close();
        drop();
    }

    /** A connection. Confined to its thread except {@link #close} and the replies. */
    final class Connection {
        private final SocketChannel socket;
        private Wire wire;
        private NbdMode mode = NbdMode.SIMPLE;
        private final CountDownLatch orderlyEnd = new CountDownLatch(1);

        Connection(SocketChannel socket) {
            this.socket = socket;
            wire = new PlainWire(socket);
        }

        /** Awaits the client's announcement of the end. */
        boolean awaitEnd() throws InterruptedException {
            return orderlyEnd.await(10, TimeUnit.SECONDS);
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void run() {
            try (socket) {
                FarHandshake handshake = new FarHandshake(FarServer.this, socket);
                handshake.run();
                wire = handshake.wire();
                mode = handshake.mode();
                connections.add(this);
                while (true) {
                    Request request = request();
                    if (request.type == Nbd.NBD_CMD_DISC) {
                        orderlyEnd.countDown();
                        return;
                    }
                    Handler current = handler; // before the test learns of the request and replaces it
                    requests.add(request);
                    current.handle(request, this);
                }
            } catch (IOException e) {
                // the client or the test has closed the connection
            }
        }

        synchronized void raw(ByteBuffer bytes) throws IOException {
            FarHandshake.send(wire, bytes);
        }

        private Request request() throws IOException {
            ByteBuffer head = FarHandshake.receive(wire, mode.requestBytes);
            if (head.getInt() != mode.requestMagic) {
                throw new AssertionError("wrong magic");
            }
            int commandFlags = Short.toUnsignedInt(head.getShort());
            int type = Short.toUnsignedInt(head.getShort());
            long cookie = head.getLong();
            long offset = head.getLong();
            long length = mode == NbdMode.EXTENDED ? head.getLong() : Integer.toUnsignedLong(head.getInt());
            boolean announced = (commandFlags & Nbd.NBD_CMD_FLAG_PAYLOAD_LEN) != 0;
            if (announced != (type == Nbd.NBD_CMD_WRITE && mode == NbdMode.EXTENDED)) {
                throw new AssertionError("wrong announcement of a payload");
            }
            ByteBuffer payload =
                    type == Nbd.NBD_CMD_WRITE ? FarHandshake.receive(wire, (int) length) : ByteBuffer.allocate(0);
            return new Request(type, commandFlags & ~Nbd.NBD_CMD_FLAG_PAYLOAD_LEN, cookie, offset, length, payload);
        }

        /** Serves a request from the disk. */
        void serve(Request request) throws IOException {
            int at = (int) request.offset;
            int end = (int) (request.offset + request.length);
            switch (request.type) {
                case Nbd.NBD_CMD_READ -> {
                    data(request, java.util.Arrays.copyOfRange(disk, at, end));
                    return;
                }
                case Nbd.NBD_CMD_WRITE -> request.payload.duplicate().get(disk, at, (int) request.length);
                case Nbd.NBD_CMD_WRITE_ZEROES, Nbd.NBD_CMD_TRIM -> java.util.Arrays.fill(disk, at, end, (byte) 0);
                case Nbd.NBD_CMD_BLOCK_STATUS -> {
                    status(request, new long[] {request.length, 0});
                    return;
                }
                default -> {}
            }
            ok(request);
        }

        /** Sends a header of a chunk and its payload. */
        void chunk(Request request, int type, boolean last, ByteBuffer payload) throws IOException {
            ByteBuffer reply = ByteBuffer.allocate(32 + payload.remaining());
            boolean extended = mode == NbdMode.EXTENDED;
            reply.putInt(extended ? Nbd.NBD_EXTENDED_REPLY_MAGIC : Nbd.NBD_STRUCTURED_REPLY_MAGIC)
                    .putShort((short) (last ? Nbd.NBD_REPLY_FLAG_DONE : 0))
                    .putShort((short) type)
                    .putLong(request.cookie);
            if (extended) {
                reply.putLong(request.offset).putLong(payload.remaining());
            } else {
                reply.putInt(payload.remaining());
            }
            raw(reply.put(payload).flip());
        }

        void simple(Request request, int error) throws IOException {
            raw(ByteBuffer.allocate(16)
                    .putInt(Nbd.NBD_SIMPLE_REPLY_MAGIC)
                    .putInt(error)
                    .putLong(request.cookie)
                    .flip());
        }

        void ok(Request request) throws IOException {
            if (mode == NbdMode.EXTENDED) {
                chunk(request, Nbd.NBD_REPLY_TYPE_NONE, true, ByteBuffer.allocate(0));
            } else {
                simple(request, 0);
            }
        }

        void error(Request request, int number) throws IOException {
            if (mode == NbdMode.SIMPLE) {
                simple(request, number);
            } else {
                chunk(
                        request,
                        Nbd.NBD_REPLY_TYPE_ERROR,
                        true,
                        ByteBuffer.allocate(9)
                                .putInt(number)
                                .putShort((short) 3)
                                .put("why".getBytes(UTF_8))
                                .flip());
            }
        }

        /** Sends a part of a read. */
        void part(Request request, long offset, byte[] bytes, boolean last) throws IOException {
            chunk(
                    request,
                    Nbd.NBD_REPLY_TYPE_OFFSET_DATA,
                    last,
                    ByteBuffer.allocate(8 + bytes.length)
                            .putLong(offset)
                            .put(bytes)
                            .flip());
        }

        void hole(Request request, long offset, int length, boolean last) throws IOException {
            chunk(
                    request,
                    Nbd.NBD_REPLY_TYPE_OFFSET_HOLE,
                    last,
                    ByteBuffer.allocate(12).putLong(offset).putInt(length).flip());
        }

        void data(Request request, byte[] bytes) throws IOException {
            if (mode == NbdMode.SIMPLE) {
                simple(request, 0);
                raw(ByteBuffer.wrap(bytes));
            } else {
                part(request, request.offset, bytes, true);
            }
        }

        /** Sends extents: lengths and states in turn. */
        void status(Request request, long... extents) throws IOException {
            boolean wide = mode == NbdMode.EXTENDED;
            ByteBuffer payload = ByteBuffer.allocate(8 + 16 * extents.length).putInt(CONTEXT_ID);
            if (wide) {
                payload.putInt(extents.length / 2);
            }
            for (long each : extents) {
                if (wide) {
                    payload.putLong(each);
                } else {
                    payload.putInt((int) each);
                }
            }
            chunk(
                    request,
                    wide ? Nbd.NBD_REPLY_TYPE_BLOCK_STATUS_EXT : Nbd.NBD_REPLY_TYPE_BLOCK_STATUS,
                    true,
                    payload.flip());
        }
    }
}
