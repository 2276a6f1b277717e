package dev.weir.nbd.connection;

import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has received and nobody has taken yet. It has memory of its own only while there is any.
 *
 * <p>For the connection's thread only.
 */
final class Inbox {
    /** Bytes received at once during the handshake; more than the longest option. */
    static final int HANDSHAKE_RECEIVE_BYTES = 32 << 10;

    /** Shortest rest of a payload that is read from the socket straight into its own buffer, in bytes. */
    static final int MIN_DIRECT_READ_BYTES = 16 << 10;

    /** Bytes received behind such a payload: the next few requests but little of their payload. */
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
     * Makes one for the handshake.
     *
     * @param budget is told what is kept
     */
    Inbox(Wire wire, EventLoop loop, Budget budget) {
        this.wire = wire;
        this.loop = loop;
        this.budget = budget;
    }

    /** Receives as much at once as there is room for, now that transmission has begun. */
    void beginTransmission() {
        receiveBytes = EventLoop.RECEIVE_BYTES;
    }

    /** Returns what is left of earlier bytes; offer it to {@link #keep} afterwards. */
    ByteBuffer rest() {
        return rest == null ? NOTHING : rest;
    }

    /**
     * Returns what is left and what the socket has, possibly nothing, or null if the client sends no more.
     * Offer it to {@link #keep} afterwards.
     *
     * @param payload is filled from the socket first if much of it is still to come; then nothing may be left
     */
    @Nullable
    ByteBuffer receive(@Nullable ByteBuffer payload) throws IOException {
        ByteBuffer in = loop.receiveBuffer().put(rest());
        release();
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

    /** Little, where memory is scarce: what cannot be taken at once has to be kept. */
    private int receivable() {
        return budget.hasRoomToKeep(receiveBytes) ? receiveBytes : READ_BEHIND_BYTES;
    }

    /** Returns whether the socket had less than there was room for. */
    boolean isDrained() {
        return drained;
    }

    /** Returns whether what was received last was much, so that what is missing of it will soon come. */
    boolean isFlowing() {
        return received >= MIN_DIRECT_READ_BYTES;
    }

    /** Keeps what is left of what {@link #rest} or {@link #receive} returned. */
    @SuppressWarnings("ReferenceEquality") // whether it is the very buffer, not one with the same bytes
    void keep(ByteBuffer in) {
        if (!in.hasRemaining()) {
            release();
        } else if (in != rest) {
            rest = loop.pool().take(in.remaining()).put(in).flip();
            budget.keep(rest.capacity());
        }
    }

    /** Forgets what is left. */
    void release() {
        if (rest != null) {
            budget.keep(-rest.capacity());
            loop.pool().give(rest);
            rest = null;
        }
    }
}
