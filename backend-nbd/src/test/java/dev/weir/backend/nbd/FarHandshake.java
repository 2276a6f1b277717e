package dev.weir.backend.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.wire.PlainWire;
import dev.weir.nbd.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The handshake of a {@link FarServer} with one client. Confined to the thread of the connection. */
final class FarHandshake {
    private final FarServer server;
    private final SocketChannel socket;
    private Wire wire;
    private NbdMode mode = NbdMode.SIMPLE;

    FarHandshake(FarServer server, SocketChannel socket) {
        this.server = server;
        this.socket = socket;
        wire = new PlainWire(socket);
    }

    /** Returns the transport that was negotiated. */
    Wire wire() {
        return wire;
    }

    /** Returns the form of requests and replies that was negotiated. */
    NbdMode mode() {
        return mode;
    }

    static ByteBuffer receive(Wire from, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (from.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    static void send(Wire to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    void run() throws IOException {
        send(
                wire,
                ByteBuffer.allocate(18)
                        .putLong(Nbd.NBDMAGIC)
                        .putLong(Nbd.IHAVEOPT)
                        .putShort((short) server.greeting)
                        .flip());
        receive(wire, 4);
        TlsContext tls = server.tls;
        boolean secure = tls == null;
        while (true) {
            ByteBuffer head = receive(wire, 16);
            head.getLong();
            int option = head.getInt();
            receive(wire, head.getInt()); // one export, one context
            if (option == Nbd.NBD_OPT_STARTTLS && tls != null) {
                option(option, Nbd.NBD_REP_ACK, new byte[0]);
                wire = tls.start(socket);
                secure = true;
            } else if (!secure) {
                option(option, Nbd.NBD_REP_ERR_TLS_REQD, new byte[0]);
            } else if (option == Nbd.NBD_OPT_EXPORT_NAME) {
                send(
                        wire,
                        ByteBuffer.allocate(10)
                                .putLong(server.disk.length)
                                .putShort((short) server.flags)
                                .flip());
                return;
            } else if (answer(option)) {
                return;
            }
        }
    }

    private boolean answer(int option) throws IOException {
        if (option == Nbd.NBD_OPT_EXTENDED_HEADERS && server.bestMode == NbdMode.EXTENDED) {
            mode = NbdMode.EXTENDED;
        } else if (option == Nbd.NBD_OPT_STRUCTURED_REPLY && server.bestMode != NbdMode.SIMPLE) {
            mode = NbdMode.STRUCTURED;
        } else if (option == Nbd.NBD_OPT_SET_META_CONTEXT && server.hasContext) {
            option(
                    option,
                    Nbd.NBD_REP_META_CONTEXT,
                    ByteBuffer.allocate(4 + Nbd.BASE_ALLOCATION.length())
                            .putInt(FarServer.CONTEXT_ID)
                            .put(Nbd.BASE_ALLOCATION.getBytes(UTF_8))
                            .array());
        } else if (option == Nbd.NBD_OPT_GO && server.hasGo) {
            go();
            return true;
        } else {
            option(option, Nbd.NBD_REP_ERR_UNSUP, "no such option".getBytes(UTF_8));
            return false;
        }
        option(option, Nbd.NBD_REP_ACK, new byte[0]);
        return false;
    }

    private void go() throws IOException {
        int option = Nbd.NBD_OPT_GO;
        option(
                option,
                Nbd.NBD_REP_INFO,
                ByteBuffer.allocate(12)
                        .putShort((short) Nbd.NBD_INFO_EXPORT)
                        .putLong(server.disk.length)
                        .putShort((short) server.flags)
                        .array());
        option(
                option,
                Nbd.NBD_REP_INFO,
                ByteBuffer.allocate(14)
                        .putShort((short) Nbd.NBD_INFO_BLOCK_SIZE)
                        .putInt(server.minBlock)
                        .putInt(4096)
                        .putInt((int) server.maxBlock)
                        .array());
        option(option, Nbd.NBD_REP_ACK, new byte[0]);
    }

    private void option(int option, int type, byte[] data) throws IOException {
        send(
                wire,
                ByteBuffer.allocate(20 + data.length)
                        .putLong(Nbd.NBD_REP_MAGIC)
                        .putInt(option)
                        .putInt(type)
                        .putInt(data.length)
                        .put(data)
                        .flip());
    }
}
