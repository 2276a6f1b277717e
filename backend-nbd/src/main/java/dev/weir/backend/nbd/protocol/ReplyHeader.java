package dev.weir.backend.nbd.protocol;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;

/**
 * The header of a simple reply or of a chunk. One object serves all replies of a connection.
 *
 * <p>Not thread-safe.
 */
public final class ReplyHeader {
    private static final int ERROR_TYPES = 1 << 15;

    private final NbdMode mode;

    /** Whether this is a simple reply. It has an error number and no chunks. */
    public boolean simple;

    /** The error number of a simple reply; 0 for success. */
    public int error;

    public long cookie;

    /** The type of a chunk. */
    public int type;

    /** Whether the chunk is the last one of its reply. */
    public boolean last;

    /** The offset of the request that an extended header repeats (bytes). */
    public long offset;

    /** Length of a chunk's payload (bytes). */
    public long payloadBytes;

    public ReplyHeader(NbdMode mode) {
        this.mode = mode;
    }

    /**
     * Parses a header and moves the position behind it. Returns false without a change if it is incomplete.
     *
     * @throws ProtocolException if the bytes are no header of this mode
     */
    public boolean read(ByteBuffer in) throws ProtocolException {
        if (in.remaining() < Integer.BYTES) {
            return false;
        }
        int magic = in.getInt(in.position());
        if (magic == Nbd.NBD_SIMPLE_REPLY_MAGIC && mode != NbdMode.EXTENDED) {
            return readSimple(in);
        }
        boolean fits = mode == NbdMode.EXTENDED
                ? magic == Nbd.NBD_EXTENDED_REPLY_MAGIC
                : mode == NbdMode.STRUCTURED && magic == Nbd.NBD_STRUCTURED_REPLY_MAGIC;
        if (!fits) {
            throw new ProtocolException(
                    "its reply begins with %08x, which is no reply of the negotiated kind".formatted(magic));
        }
        return readChunk(in);
    }

    private boolean readSimple(ByteBuffer in) {
        if (in.remaining() < Nbd.SIMPLE_REPLY_BYTES) {
            return false;
        }
        in.getInt();
        error = in.getInt();
        cookie = in.getLong();
        simple = true;
        last = true;
        payloadBytes = 0;
        return true;
    }

    private boolean readChunk(ByteBuffer in) throws ProtocolException {
        boolean extended = mode == NbdMode.EXTENDED;
        if (in.remaining() < (extended ? Nbd.EXTENDED_REPLY_BYTES : Nbd.STRUCTURED_REPLY_BYTES)) {
            return false;
        }
        in.getInt();
        simple = false;
        error = 0;
        last = (in.getShort() & Nbd.NBD_REPLY_FLAG_DONE) != 0;
        type = Short.toUnsignedInt(in.getShort());
        cookie = in.getLong();
        offset = extended ? in.getLong() : 0;
        payloadBytes = extended ? in.getLong() : Integer.toUnsignedLong(in.getInt());
        if (payloadBytes < 0) {
            throw new ProtocolException("its reply has more than 2^63 bytes");
        }
        return true;
    }

    /** Returns whether the chunk reports an error. */
    public boolean isError() {
        return (type & ERROR_TYPES) != 0;
    }
}
