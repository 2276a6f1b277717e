package dev.weir.nbd.connection;

import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The input buffer of one connection: received bytes that are not yet accepted. It holds memory only while it has
 * such bytes.
 *
 * <p>Confined to the thread of the connection.
 */
final class Inbox {
    /** Bytes received per read during the handshake. The longest option fits. */
    static final int HANDSHAKE_RECEIVE_BYTES = 32 << 10;

    /** Shortest remaining payload that is read from the socket straight into its own buffer (bytes). */
    static final int MIN_DIRECT_READ_BYTES = 16 << 10;

    /** Bytes received behind such a payload. They hold the next requests but little of their payload. */
    static final int READ_BEHIND_BYTES = 4 << 10;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Wire wire;
    private final EventLoop loop;
    private final Budget budget;
    private final ByteBuffer[] payloadAndBehind = new ByteBuffer[2];
    private @Nullable ByteBuffer rest;
    private boolean drained;
    private long received;
    private int receiveBytes = HANDSHAKE_RECEIVE_BYTES;

    /**
     * Makes an input buffer for the handshake.
     *
     * @param budget counts the kept bytes
     */
    Inbox(Wire wire, EventLoop loop, Budget budget) {
        this.wire = wire;
        this.loop = loop;
        this.budget = budget;
    }

    /** Switches to the larger reads of transmission. */
    void beginTransmission() {
        receiveBytes = EventLoop.RECEIVE_BYTES;
    }

    /** Returns the bytes that earlier calls left. Pass the buffer to {@link #keep} afterwards. */
    ByteBuffer rest() {
        return rest == null ? NOTHING : rest;
    }

    /**
     * Returns the bytes that earlier calls left followed by newly received bytes. The result may be empty. It is null
     * at the end of the stream. Pass it to {@link #keep} afterwards.
     *
     * @param payload a payload buffer or null. A long remainder is read from the socket straight into it. No bytes
     *     may be left over then.
     * @throws IOException if the socket failed
     */
    @Nullable
    ByteBuffer receive(@Nullable ByteBuffer payload) throws IOException {
        ByteBuffer in = loop.receiveBuffer().put(rest());
        discard();
        if (payload != null && payload.remaining() >= MIN_DIRECT_READ_BYTES) {
            in.limit(READ_BEHIND_BYTES);
            payloadAndBehind[0] = payload;
            payloadAndBehind[1] = in;
            received = wire.read(payloadAndBehind);
        } else {
            in.limit(Math.min(in.capacity(), in.position() + receivable()));
            received = wire.read(in);
        }
        drained = in.hasRemaining();
        return received < 0 ? null : in.flip();
    }

    /**
     * Reads on although nothing more can be accepted. So it detects the end of the stream if the client has sent
     * little since.
     *
     * @return whether the stream goes on as far as it was read
     * @throws IOException if the socket failed
     */
    boolean readAhead() throws IOException {
        ByteBuffer kept = rest;
        if (kept == null || (kept.limit() == kept.capacity() && kept.remaining() < receivable())) {
            ByteBuffer in = receive(null);
            if (in != null) {
                keep(in);
            }
            return in != null;
        }
        int begin = kept.position();
        kept.position(kept.limit()).limit(kept.capacity());
        boolean isOpen = !kept.hasRemaining() || wire.read(kept) >= 0;
        kept.limit(kept.position()).position(begin);
        return isOpen;
    }

    /**
     * Returns the size of the next read (bytes). It is small while memory is scarce because unaccepted bytes must be
     * kept.
     */
    private int receivable() {
        return budget.hasRoomToKeep(receiveBytes) ? receiveBytes : READ_BEHIND_BYTES;
    }

    /** Returns whether the last read emptied the socket. */
    boolean isDrained() {
        return drained;
    }

    /** Returns whether the last read was long. The client is then probably in the middle of one write. */
    boolean isFlowing() {
        return received >= MIN_DIRECT_READ_BYTES;
    }

    /** Keeps the unread bytes of a buffer from {@link #rest} or {@link #receive}. */
    @SuppressWarnings("ReferenceEquality") // compares the buffer, not its bytes
    void keep(ByteBuffer in) {
        if (!in.hasRemaining()) {
            discard();
        } else if (in != rest) {
            rest = loop.pool().take(in.remaining()).put(in).flip();
            budget.keep(rest.capacity());
        }
    }

    /** Discards all bytes and returns the memory. */
    void discard() {
        if (rest != null) {
            budget.keep(-rest.capacity());
            loop.pool().give(rest);
            rest = null;
        }
    }
}
