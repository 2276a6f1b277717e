package dev.weir.nbd.protocol;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;

/**
 * A request header with the small payload of a block status. One object serves all requests of a connection.
 *
 * <p>Not thread-safe.
 */
public final class RequestHeader {
    /** Payload of a block status that selects metadata contexts: the length of the range and one context id. */
    private static final int STATUS_PAYLOAD_BYTES = Long.BYTES + Integer.BYTES;

    private final NbdMode mode;

    /** Command flags. */
    int flags;

    /** Command. */
    public int type;

    public long cookie;

    /** Offset in the export (bytes, unsigned). */
    public long offset;

    /** Length of the range in the export (bytes, unsigned). */
    public long length;

    /** Length of the payload that follows (bytes, unsigned). */
    public long payloadBytes;

    /** Whether the announced payload matches the command. */
    boolean payloadFits;

    /** Length of the header with its small payload (bytes). */
    public int bytes;

    public RequestHeader(NbdMode mode) {
        this.mode = mode;
    }

    /** Parses a header at the position of {@code in} without moving it. Returns whether the header was complete. */
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
