package dev.weir.it;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A client with full control over its bytes; supports simple replies only. Not thread-safe. */
final class RawNbd implements AutoCloseable {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int FLUSH = 3;
    static final int TRIM = 4;
    static final int WRITE_ZEROES = 6;

    /** Command flag: force unit access. */
    static final int FUA = 1;

    private static final long OPTION_MAGIC = 0x49484156454F5054L;
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int EXPORT_NAME = 1;

    /**
     * A reply.
     *
     * @param cookie cookie of the request
     * @param error errno, or 0
     */
    record Reply(long cookie, int error) {}

    private final SocketChannel channel;

    /** Connects to a drive. */
    RawNbd(Path socket, String drive) throws IOException {
        channel = connect(socket, drive);
    }

    /** Connects to a drive and returns the socket in transmission. */
    static SocketChannel connect(Path socket, String drive) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        ask(channel, drive);
        return channel;
    }

    /** Returns the size of a drive as a new client is told it. */
    static long size(Path socket, String drive) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return ask(channel, drive);
        }
    }

    private static long ask(SocketChannel channel, String drive) throws IOException {
        receive(channel, 18);
        byte[] name = drive.getBytes(StandardCharsets.UTF_8);
        send(
                channel,
                ByteBuffer.allocate(20 + name.length)
                        .putInt(FIXED_NEWSTYLE_NO_ZEROES)
                        .putLong(OPTION_MAGIC)
                        .putInt(EXPORT_NAME)
                        .putInt(name.length)
                        .put(name)
                        .flip());
        return receive(channel, 10).getLong();
    }

    /** Writes a request without its payload. */
    static ByteBuffer put(ByteBuffer to, int flags, int type, long cookie, long offset, int length) {
        return to.putInt(REQUEST_MAGIC)
                .putShort((short) flags)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset)
                .putInt(length);
    }

    /** Sends a request without waiting. */
    void request(int flags, int type, long cookie, long offset, int length, ByteBuffer payload) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(28 + payload.remaining());
        send(
                channel,
                put(request, flags, type, cookie, offset, length).put(payload).flip());
    }

    /** Waits for the next reply without data. */
    Reply reply() throws IOException {
        ByteBuffer reply = receive(channel, 16);
        return new Reply(reply.getLong(8), reply.getInt(4));
    }

    /** Reads a range with no other request in flight. */
    ByteBuffer read(long offset, int length) throws IOException {
        request(0, READ, 0, offset, length, ByteBuffer.allocate(0));
        Reply reply = reply();
        if (reply.error() != 0) {
            throw new IOException("read of " + length + " bytes at " + offset + ": error " + reply.error());
        }
        return receive(channel, length);
    }

    /** Passes over the payload of a reply. */
    void skip(int length) throws IOException {
        receive(channel, length);
    }

    private static void send(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Returns the next bytes from a server. */
    static ByteBuffer receive(SocketChannel channel, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException("closed by the server after " + bytes.position() + " of " + length + " bytes");
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
