package dev.weir.nbd.protocol;

import java.nio.ByteBuffer;

/**
 * The header of a request, and the payload of those that have a small one. One object serves all requests of a
 * connection.
 *
 * <p>Not thread-safe.
 */
public final class RequestHeader {
    /** What a client says to be told of certain metadata contexts only: a length, and the id of the one there is. */
    private static final int STATUS_PAYLOAD_BYTES = Long.BYTES + Integer.BYTES;

    private final NbdMode mode;

    /** The command flags. */
    int flags;

    /** The command. */
    public int type;

    public long cookie;

    /** In bytes, unsigned. */
    public long offset;

    /** How much of the export it is about, in bytes, unsigned. */
    public long length;

    /** What follows and is still to be taken, in bytes, unsigned. */
    public long payloadBytes;

    /** Whether the payload, if there is any, is as the command needs it. */
    boolean payloadFits;

    /** How long the header is, and with it what was read as part of it. */
    public int bytes;

    public RequestHeader(NbdMode mode) {
        this.mode = mode;
    }

    /** Reads a header at the position of {@code in} and leaves it there; returns whether all of it was there. */
    public boolean read(ByteBuffer in) {
        if (in.remaining() < mode.requestBytes) {
            return false;
        }
        int at = in.position();
        flags = Short.toUnsignedInt(in.getShort(at + 4));
        type = Short.toUnsignedInt(in.getShort(at + 6));
        cookie = in.getLong(at + 8);
        offset = in.getLong(at + 16);
        bytes = mode.requestBytes;
        if (mode == NbdMode.EXTENDED) {
            length = in.getLong(at + 24);
            return readExtended(in);
        }
        length = Integer.toUnsignedLong(in.getInt(at + 24));
        payloadBytes = type == Nbd.NBD_CMD_WRITE ? length : 0;
        payloadFits = true;
        return true;
    }

    private boolean readExtended(ByteBuffer in) {
        boolean announced = (flags & Nbd.NBD_CMD_FLAG_PAYLOAD_LEN) != 0;
        payloadBytes = announced ? length : 0;
        payloadFits = announced == (type == Nbd.NBD_CMD_WRITE);
        if (announced && type == Nbd.NBD_CMD_BLOCK_STATUS && length == STATUS_PAYLOAD_BYTES) {
            return readStatusPayload(in);
        }
        return true;
    }

    private boolean readStatusPayload(ByteBuffer in) {
        bytes += STATUS_PAYLOAD_BYTES;
        if (in.remaining() < bytes) {
            return false;
        }
        int at = in.position() + mode.requestBytes;
        length = in.getLong(at);
        payloadFits = in.getInt(at + Long.BYTES) == Nbd.BASE_ALLOCATION_ID;
        payloadBytes = 0;
        return true;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
