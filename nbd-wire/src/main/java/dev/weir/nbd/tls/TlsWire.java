package dev.weir.nbd.tls;

import dev.weir.log.PlainText;
import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One side of TLS over a socket. The handshake is a part of {@link #read} and {@link #write}, which move no bytes
 * until it is complete. Each direction buffers one step of its {@link TlsSession}. See {@code
 * docs/design/decisions/020-tls.md}.
 *
 * <p>Thread-safe. Its monitor guards all state and no thread waits while it holds it.
 */
final class TlsWire implements Wire {
    /** Longest message of the library (characters). It may contain text from the client. */
    private static final int MAX_MESSAGE = 256;

    /** Most steps of one read, of some 32 KiB each. Then the other connections of the thread have their turn. */
    private static final int MAX_STEPS_PER_READ = 16;

    private final SocketChannel socket;
    private final TlsSession session;

    /** Encrypted bytes that the socket did not accept. */
    private @Nullable ByteBuffer unsent;

    private boolean ended;

    TlsWire(SocketChannel socket, TlsSession session) {
        this.socket = socket;
        this.session = session;
    }

    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
        int before = to.position();
        session.read(to);
        boolean isPlain = true;
        for (int i = 0; i < MAX_STEPS_PER_READ && isPlain && to.hasRemaining() && receive(); i++) {
            // a step without plain bytes is the last one because the other side may send alerts without end
            isPlain = session.available() > 0;
            session.read(to);
        }
        int taken = to.position() - before;
        return taken == 0 && ended && to.hasRemaining() ? -1 : taken;
    }

    /** Decrypts the next bytes of the socket. Returns whether the socket had any. */
    private boolean receive() throws IOException {
        if (ended) {
            return false;
        }
        int received = socket.read(session.room());
        ended = received < 0;
        if (received <= 0) {
            return false;
        }
        try {
            session.received();
            ended = session.isClosed();
        } catch (IOException e) {
            throw failed(e);
        }
        flush(); // sends the handshake's answer
        return true;
    }

    /**
     * Sends the TLS alert as far as the socket accepts it, so that the client can report the reason. Returns the
     * exception to throw.
     */
    private IOException failed(IOException cause) {
        try {
            flush();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return new IOException("TLS: " + PlainText.of(String.valueOf(cause.getMessage()), MAX_MESSAGE), cause);
    }

    @Override
    public synchronized long read(ByteBuffer[] to, int offset, int length) throws IOException {
        long taken = 0;
        for (int i = offset; i < offset + length; i++) {
            int here = read(to[i]);
            if (here < 0) {
                return taken == 0 ? here : taken;
            }
            taken += here;
            if (to[i].hasRemaining()) {
                break;
            }
        }
        return taken;
    }

    @Override
    public long read(ByteBuffer[] to) throws IOException {
        return read(to, 0, to.length);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return (int) write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public synchronized long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long written = 0;
        while (flush() && !session.isHandshaking()) {
            int taken = session.encrypt(from, offset, length);
            if (taken == 0) {
                break;
            }
            written += taken;
        }
        return written;
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    @Override
    public synchronized boolean flush() throws IOException {
        if (unsent != null) {
            socket.write(unsent);
            if (unsent.hasRemaining()) {
                return false;
            }
            unsent = null;
        }
        ByteBuffer sending = session.output();
        while (sending.hasRemaining()) {
            socket.write(sending);
            if (sending.hasRemaining()) {
                unsent = copy(sending);
                return false;
            }
            sending = session.output();
        }
        return true;
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    @Override
    public synchronized boolean hasMore() {
        return session.available() > 0;
    }

    @Override
    public synchronized boolean isHandshaking() {
        return session.isHandshaking();
    }

    @Override
    public synchronized Identity peer() {
        return session.peer();
    }

    @Override
    public boolean isSecure() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /**
     * Sends the TLS close alert if the socket accepts it at once, also as the answer to one. The client can then tell
     * the end from an attack.
     */
    @Override
    public synchronized void close() throws IOException {
        try {
            if (socket.isOpen() && (!ended || session.isClosed())) {
                session.close();
                flush();
            }
        } finally {
            socket.close();
        }
    }
}
