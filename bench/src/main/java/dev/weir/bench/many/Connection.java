package dev.weir.bench.many;

import dev.weir.nbd.spec.Nbd;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * One NBD connection over a Unix socket with a fixed number of random reads in flight. The socket blocks until {@link
 * #channel} is switched. Not thread-safe.
 */
final class Connection implements AutoCloseable {
    /** Length of a read (bytes). */
    static final int BLOCK = 4096;

    /** Size of the greeting: two magic numbers and the flags of the handshake (bytes). */
    private static final int GREETING_BYTES = 18;

    /** Size of the answer to an export name without zeroes: size and flags of the export (bytes). */
    private static final int EXPORT_BYTES = 10;

    private final SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final ByteBuffer replyHeader = ByteBuffer.allocate(Nbd.SIMPLE_REPLY_BYTES);
    private final SplittableRandom random;
    private final long blocks;

    /** When the read of each cookie was sent (ns). */
    private long[] sentAt = {};

    /** The cookie of the reply whose data arrives and the rest of the data (bytes). */
    private int cookie;

    private int rest;
    private int inFlight;
    private long completed;

    /**
     * Connects to an export.
     *
     * @throws IOException if the server does not have it
     */
    Connection(Path path, String export, long seed) throws IOException {
        random = new SplittableRandom(seed);
        try {
            socket.connect(UnixDomainSocketAddress.of(path));
            blocks = handshake(export) / BLOCK;
        } catch (IOException e) {
            socket.close();
            throw new IOException("export " + export + " of " + path + ": " + e.getMessage(), e);
        }
    }

    private long handshake(String export) throws IOException {
        ByteBuffer greeting = receive(GREETING_BYTES);
        if (greeting.getLong() != Nbd.NBDMAGIC || greeting.getLong() != Nbd.IHAVEOPT) {
            throw new IOException("it has no fixed newstyle handshake");
        }
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        send(ByteBuffer.allocate(Integer.BYTES + Nbd.OPTION_BYTES + name.length)
                .putInt(Nbd.NBD_FLAG_C_FIXED_NEWSTYLE | Nbd.NBD_FLAG_C_NO_ZEROES)
                .putLong(Nbd.IHAVEOPT)
                .putInt(Nbd.NBD_OPT_EXPORT_NAME)
                .putInt(name.length)
                .put(name)
                .flip());
        return receive(EXPORT_BYTES).getLong();
    }

    private ByteBuffer receive(int bytes) throws IOException {
        ByteBuffer received = ByteBuffer.allocate(bytes);
        while (received.hasRemaining()) {
            if (socket.read(received) < 0) {
                throw new EOFException("the server hung up");
            }
        }
        return received.flip();
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (socket.write(bytes) == 0) {
                throw new IOException("the socket is full of requests");
            }
        }
    }

    SocketChannel channel() {
        return socket;
    }

    /** Returns the number of completed reads. */
    long completed() {
        return completed;
    }

    int inFlight() {
        return inFlight;
    }

    /** Writes the whole drive once and waits for the reply. The socket must block. */
    void fill() throws IOException {
        int bytes = Math.toIntExact(blocks * BLOCK);
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (i | 1);
        }
        ByteBuffer write = ByteBuffer.allocate(Nbd.REQUEST_BYTES + bytes);
        putRequest(write, Nbd.NBD_CMD_WRITE, 0, 0, bytes);
        send(write.put(data).flip());
        checkHeader(receive(Nbd.SIMPLE_REPLY_BYTES));
    }

    private static void putRequest(ByteBuffer to, int command, long cookie, long offset, int length) {
        to.putInt(Nbd.NBD_REQUEST_MAGIC).putShort((short) 0).putShort((short) command);
        to.putLong(cookie).putLong(offset).putInt(length);
    }

    private static int checkHeader(ByteBuffer header) throws IOException {
        int magic = header.getInt();
        int error = header.getInt();
        if (magic != Nbd.NBD_SIMPLE_REPLY_MAGIC || error != 0) {
            throw new IOException("a reply has magic %08x and error %d".formatted(magic, error));
        }
        return Math.toIntExact(header.getLong());
    }

    /**
     * Sends the first reads.
     *
     * @param out a buffer for at least that many requests
     * @param now the time (ns)
     */
    void start(int depth, ByteBuffer out, long now) throws IOException {
        sentAt = new long[depth];
        completed = 0;
        out.clear();
        for (int i = 0; i < depth; i++) {
            putRead(out, i, now);
        }
        send(out.flip());
    }

    private void putRead(ByteBuffer out, int newCookie, long now) {
        sentAt[newCookie] = now;
        inFlight++;
        putRequest(out, Nbd.NBD_CMD_READ, newCookie, random.nextLong(blocks) * BLOCK, BLOCK);
    }

    /**
     * Receives available replies.
     *
     * @param in a buffer for replies
     * @param out a buffer for at least as many requests as are in flight
     * @param now the time (ns)
     * @param again whether a new read replaces each completed one
     * @param latencies gets the latency of each completed read (ns)
     */
    void receive(ByteBuffer in, ByteBuffer out, long now, boolean again, LongConsumer latencies) throws IOException {
        if (socket.read(in.clear()) < 0) {
            throw new EOFException("the server hung up");
        }
        in.flip();
        out.clear();
        while (in.hasRemaining()) {
            if (rest == 0) {
                takeHeader(in);
            } else {
                int skipped = Math.min(rest, in.remaining());
                in.position(in.position() + skipped);
                rest -= skipped;
                if (rest == 0) {
                    inFlight--;
                    completed++;
                    latencies.accept(now - sentAt[cookie]);
                    if (again) {
                        putRead(out, cookie, now);
                    }
                }
            }
        }
        send(out.flip());
    }

    private void takeHeader(ByteBuffer in) throws IOException {
        while (in.hasRemaining() && replyHeader.hasRemaining()) {
            replyHeader.put(in.get());
        }
        if (!replyHeader.hasRemaining()) {
            cookie = checkHeader(replyHeader.flip());
            replyHeader.clear();
            rest = BLOCK;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
