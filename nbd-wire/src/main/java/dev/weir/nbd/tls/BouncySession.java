package dev.weir.nbd.tls;

import dev.weir.memory.DirectMemory;
import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.bouncycastle.tls.TlsProtocol;

/** A session of Bouncy Castle, which has pre-shared keys. Confined like {@link TlsWire}. */
final class BouncySession implements TlsSession {
    /** The most that one step reads from the socket or encrypts: two records (bytes). */
    private static final int STEP_BYTES = 32 << 10;

    /** Room for the headers and tags of two records (bytes). */
    private static final int RECORD_OVERHEAD = 1 << 10;

    /** One buffer per thread. It is enough because a thread serves one connection at a time. */
    private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[STEP_BYTES]);

    /** The encrypted form of a step, on its way to the socket. The JDK would copy a buffer of the heap once more. */
    private static final ThreadLocal<ByteBuffer> ENCRYPTED = ThreadLocal.withInitial(BouncySession::newBuffer);

    private final TlsProtocol protocol;
    private final Supplier<Identity> peer;

    /** Where the bytes of the socket were put. */
    private ByteBuffer room = ByteBuffer.allocate(0);

    /**
     * Makes a session.
     *
     * @param protocol a protocol whose handshake has begun
     * @param peer the identity of the other side
     */
    BouncySession(TlsProtocol protocol, Supplier<Identity> peer) {
        this.protocol = protocol;
        this.peer = peer;
    }

    private static ByteBuffer newBuffer() {
        try {
            return DirectMemory.allocate(STEP_BYTES + RECORD_OVERHEAD);
        } catch (OutOfMemoryError e) {
            return ByteBuffer.allocate(STEP_BYTES + RECORD_OVERHEAD);
        }
    }

    @Override
    public boolean isHandshaking() {
        return protocol.isHandshaking();
    }

    @Override
    public boolean isClosed() {
        return protocol.isClosed();
    }

    @Override
    public Identity peer() {
        return peer.get();
    }

    @Override
    public ByteBuffer room() {
        room = ByteBuffer.wrap(SCRATCH.get());
        return room;
    }

    @Override
    public void received() throws IOException {
        protocol.offerInput(room.array(), 0, room.position());
    }

    @Override
    public int available() {
        return protocol.getAvailableInputBytes();
    }

    @Override
    public void read(ByteBuffer to) {
        protocol.readInput(to, Math.min(to.remaining(), available()));
    }

    /** Gathers small parts into one record. */
    @Override
    public int encrypt(ByteBuffer[] from, int offset, int length) throws IOException {
        byte[] scratch = SCRATCH.get();
        int gathered = 0;
        for (int i = offset; i < offset + length && gathered < scratch.length; i++) {
            int here = Math.min(from[i].remaining(), scratch.length - gathered);
            from[i].get(scratch, gathered, here);
            gathered += here;
        }
        if (gathered > 0) {
            protocol.writeApplicationData(scratch, 0, gathered);
        }
        return gathered;
    }

    @Override
    public ByteBuffer output() {
        ByteBuffer sending = ENCRYPTED.get().clear();
        protocol.readOutput(sending, Math.min(sending.capacity(), protocol.getAvailableOutputBytes()));
        return sending.flip();
    }

    @Override
    public void close() throws IOException {
        protocol.close();
    }
}
