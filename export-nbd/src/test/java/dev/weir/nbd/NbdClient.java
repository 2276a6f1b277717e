package dev.weir.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.spec.Nbd;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A minimal NBD client that can also break the protocol. It blocks. Not thread-safe. */
public final class NbdClient implements AutoCloseable {

    /** A reply to an option. */
    public record OptionReply(int option, int type, ByteBuffer data) {
        public String text() {
            return UTF_8.decode(data.duplicate()).toString();
        }
    }

    private final SocketChannel socket;
    private ByteChannel channel;

    NbdClient(SocketAddress address) throws IOException {
        socket = SocketChannel.open(address);
        channel = socket;
    }

    /** Connects and enters transmission. */
    static NbdClient to(SocketAddress address, String export) throws IOException {
        NbdClient client = new NbdClient(address);
        client.greet(Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES);
        client.go(export);
        return client;
    }

    void greet(int clientFlags) throws IOException {
        ByteBuffer greeting = receive(18);
        assertEquals(Nbd.NBDMAGIC, greeting.getLong());
        assertEquals(Nbd.IHAVEOPT, greeting.getLong());
        assertEquals(Nbd.NBD_FLAG_FIXED_NEWSTYLE | Nbd.NBD_FLAG_NO_ZEROES, greeting.getShort());
        send((byte) 0, (byte) 0, (byte) 0, (byte) clientFlags);
    }

    /** Starts TLS of one version. Fails unless the server accepts the option. */
    void startTls(SSLContext context, String version) throws IOException {
        send(option(Nbd.NBD_OPT_STARTTLS));
        assertEquals(Nbd.NBD_REP_ACK, optionReplies().get(0).type());
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket.socket(), "localhost", 0, true);
        tls.setEnabledProtocols(new String[] {version});
        tls.startHandshake();
        channel = new TlsChannel(tls);
    }

    /** A channel over the streams of a TLS socket. */
    private record TlsChannel(SSLSocket tls) implements ByteChannel {
        @Override
        public int read(ByteBuffer to) throws IOException {
            byte[] bytes = new byte[to.remaining()];
            int count = tls.getInputStream().read(bytes);
            to.put(bytes, 0, Math.max(count, 0));
            return count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            tls.getOutputStream().write(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return !tls.isClosed();
        }

        @Override
        public void close() throws IOException {
            tls.close();
        }
    }

    /** Chooses an export and returns the server's information about it. */
    List<OptionReply> go(String export, int... infos) throws IOException {
        send(option(Nbd.NBD_OPT_GO, infoData(export, infos)));
        List<OptionReply> replies = optionReplies();
        assertEquals(Nbd.NBD_REP_ACK, replies.remove(replies.size() - 1).type());
        return replies;
    }

    public static byte[] infoData(String export, int... infos) {
        byte[] name = export.getBytes(UTF_8);
        byte[] data = new byte[4 + name.length + 2 + 2 * infos.length];
        ByteBuffer to = ByteBuffer.wrap(data).putInt(name.length).put(name).putShort((short) infos.length);
        for (int info : infos) {
            to.putShort((short) info);
        }
        return data;
    }

    public static byte[] metaData(String export, String... queries) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(string(export));
        data.writeBytes(ByteBuffer.allocate(4).putInt(queries.length).array());
        for (String query : queries) {
            data.writeBytes(string(query));
        }
        return data.toByteArray();
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return ByteBuffer.allocate(4 + utf8.length)
                .putInt(utf8.length)
                .put(utf8)
                .array();
    }

    public static byte[] option(int option, byte... data) {
        byte[] bytes = new byte[Nbd.OPTION_BYTES + data.length];
        ByteBuffer.wrap(bytes)
                .putLong(Nbd.IHAVEOPT)
                .putInt(option)
                .putInt(data.length)
                .put(data);
        return bytes;
    }

    /** Returns the replies to an option including the final one. */
    List<OptionReply> optionReplies() throws IOException {
        List<OptionReply> replies = new ArrayList<>();
        OptionReply reply;
        do {
            ByteBuffer header = receive(20);
            int length = header.getInt(16);
            reply = takeOptionReply(header, receive(length));
            replies.add(reply);
        } while (reply.type() == Nbd.NBD_REP_SERVER || reply.type() == Nbd.NBD_REP_INFO);
        return replies;
    }

    private static OptionReply takeOptionReply(ByteBuffer header, ByteBuffer data) {
        assertEquals(Nbd.NBD_REP_MAGIC, header.getLong());
        return new OptionReply(header.getInt(), header.getInt(), data);
    }

    NbdClient send(Requests requests) throws IOException {
        return send(requests.toBytes());
    }

    NbdClient send(byte... bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
        return this;
    }

    /** Returns the next reply. A success has that much data (bytes). */
    Reply reply(int dataBytes) throws IOException {
        Reply reply = Reply.takeHeader(receive(Nbd.SIMPLE_REPLY_BYTES));
        return reply.error() == 0 ? reply.with(receive(dataBytes)) : reply;
    }

    Reply reply() throws IOException {
        return reply(0);
    }

    ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining()) {
            if (channel.read(received) < 0) {
                throw new EOFException("closed by the server after " + received.position() + " of " + bytes + " bytes");
            }
        }
        return received.flip();
    }

    /** Closes the sending direction. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads until the server closes the connection. */
    void drain() throws IOException {
        ByteBuffer anything = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(anything.clear()) >= 0) {
                // continues until the end of the stream
            }
        } catch (IOException e) {
            // closed before all bytes were read
        }
    }

    /** Waits for a byte or the end of the stream. Returns whether the server has closed the connection. */
    boolean isClosedByServer() throws IOException {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return e.getMessage() != null && e.getMessage().contains("reset");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
