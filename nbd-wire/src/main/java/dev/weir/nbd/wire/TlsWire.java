package dev.weir.nbd.wire;

import dev.weir.log.PlainText;
import dev.weir.memory.DirectMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import org.bouncycastle.tls.TlsProtocol;
import org.jspecify.annotations.Nullable;

/**
 * One side of TLS over a socket. The handshake is a part of {@link #read} and {@link #write}, which move no bytes
 * until it is complete. Each direction buffers at most about {@link #CHUNK} bytes. See {@code
 * docs/design/decisions/020-tls.md}.
 *
 * <p>Thread-safe. Its monitor guards all state and no thread waits while it holds it.
 */
final class TlsWire implements Wire {
    /** Size of two TLS records (bytes): the most that one step reads from the socket or encrypts. */
    private static final int CHUNK = 32 << 10;

    /** Room for the headers and tags of two records (bytes). */
    private static final int RECORD_OVERHEAD = 1 << 10;

    /** One buffer per thread. It is enough because a thread serves one connection at a time. */
    private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[CHUNK]);

    /** The encrypted form of a step, on its way to the socket. The JDK would copy a buffer of the heap once more. */
    private static final ThreadLocal<ByteBuffer> ENCRYPTED = ThreadLocal.withInitial(TlsWire::newBuffer);

    /** Longest message of the library (characters). It may contain text from the client. */
    private static final int MAX_MESSAGE = 256;

    private final SocketChannel socket;
    private final TlsProtocol protocol;
    private final Supplier<Identity> peer;

    /** Encrypted bytes that the socket did not accept. */
    private @Nullable ByteBuffer unsent;

    private boolean ended;

    /**
     * Makes a wire.
     *
     * @param protocol a protocol whose handshake has begun
     * @param peer the identity of the other side
     */
    TlsWire(SocketChannel socket, TlsProtocol protocol, Supplier<Identity> peer) {
        this.socket = socket;
        this.protocol = protocol;
        this.peer = peer;
    }

    @Override
    public synchronized int read(ByteBuffer to) throws IOException {
        int before = to.position();
        while (to.hasRemaining() && (protocol.getAvailableInputBytes() > 0 || receive())) {
            protocol.readInput(to, Math.min(to.remaining(), protocol.getAvailableInputBytes()));
        }
        int taken = to.position() - before;
        return taken == 0 && ended && to.hasRemaining() ? -1 : taken;
    }

    /** Decrypts the next bytes of the socket. Returns whether the socket had any. */
    private boolean receive() throws IOException {
        if (ended) {
            return false;
        }
        byte[] scratch = SCRATCH.get();
        int received = socket.read(ByteBuffer.wrap(scratch));
        ended = received < 0;
        if (received <= 0) {
            return false;
        }
        try {
            protocol.offerInput(scratch, 0, received);
            ended = protocol.isClosed();
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
        byte[] scratch = SCRATCH.get();
        long written = 0;
        while (flush() && !protocol.isHandshaking()) {
            int gathered = gather(from, offset, length, scratch);
            if (gathered == 0) {
                break;
            }
            protocol.writeApplicationData(scratch, 0, gathered);
            written += gathered;
        }
        return written;
    }

    /** Gathers small parts into one record. Returns its length (bytes). */
    private static int gather(ByteBuffer[] from, int offset, int length, byte[] to) {
        int gathered = 0;
        for (int i = offset; i < offset + length && gathered < to.length; i++) {
            int here = Math.min(from[i].remaining(), to.length - gathered);
            from[i].get(to, gathered, here);
            gathered += here;
        }
        return gathered;
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
        while (unsent == null && protocol.getAvailableOutputBytes() > 0) {
            ByteBuffer sending = ENCRYPTED.get().clear();
            protocol.readOutput(sending, Math.min(sending.capacity(), protocol.getAvailableOutputBytes()));
            socket.write(sending.flip());
            unsent = sending.hasRemaining() ? copy(sending) : null;
        }
        return unsent == null;
    }

    private static ByteBuffer newBuffer() {
        try {
            return DirectMemory.allocate(CHUNK + RECORD_OVERHEAD);
        } catch (OutOfMemoryError e) {
            return ByteBuffer.allocate(CHUNK + RECORD_OVERHEAD);
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
    }

    @Override
    public synchronized boolean hasMore() {
        return protocol.getAvailableInputBytes() > 0;
    }

    @Override
    public synchronized boolean isHandshaking() {
        return protocol.isHandshaking();
    }

    @Override
    public synchronized Identity peer() {
        return peer.get();
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
     * Sends the TLS close alert if the socket accepts it at once. The client can then tell the end from an attack.
     */
    @Override
    public synchronized void close() throws IOException {
        try {
            if (socket.isOpen() && !ended) {
                protocol.close();
                flush();
            }
        } finally {
            socket.close();
        }
    }
}
