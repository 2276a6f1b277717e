package dev.weir.nbd.protocol;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Encodes replies. A structured or extended reply is always one chunk. */
public final class ReplyWriter {
    /** Length of the error number and the text length (bytes). */
    private static final int ERROR_BYTES = Integer.BYTES + Short.BYTES;

    /** Length of the longest reply without data (bytes). */
    public static final int MAX_PLAIN_BYTES = Nbd.EXTENDED_REPLY_BYTES + ERROR_BYTES + RequestError.MAX_TEXT_BYTES;

    /** Length of the longest header in front of data (bytes). */
    public static final int MAX_DATA_HEADER_BYTES = Nbd.EXTENDED_REPLY_BYTES + Long.BYTES;

    private ReplyWriter() {}

    /** Returns the length of a reply without data (bytes). */
    public static int plainBytes(NbdMode mode, @Nullable RequestError error) {
        int payload = error == null ? 0 : ERROR_BYTES + error.text().length;
        return switch (mode) {
            case SIMPLE -> Nbd.SIMPLE_REPLY_BYTES;
            case STRUCTURED -> error == null ? Nbd.SIMPLE_REPLY_BYTES : Nbd.STRUCTURED_REPLY_BYTES + payload;
            case EXTENDED -> Nbd.EXTENDED_REPLY_BYTES + payload;
        };
    }

    /** Encodes a reply without data. A success is a simple reply where the mode allows that because it is shorter. */
    public static void putPlain(ByteBuffer to, NbdMode mode, long cookie, long offset, @Nullable RequestError error) {
        if (mode == NbdMode.SIMPLE || (mode == NbdMode.STRUCTURED && error == null)) {
            to.putInt(Nbd.NBD_SIMPLE_REPLY_MAGIC)
                    .putInt(error == null ? Nbd.NBD_SUCCESS : error.value)
                    .putLong(cookie);
        } else if (error == null) {
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_NONE, cookie, offset, 0);
        } else {
            byte[] text = error.text();
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_ERROR, cookie, offset, ERROR_BYTES + text.length);
            to.putInt(error.value).putShort((short) text.length).put(text);
        }
    }

    /**
     * Encodes the header of a read reply.
     *
     * @param to a buffer with room for exactly the header followed by the data
     */
    public static void putReadHeader(ByteBuffer to, NbdMode mode, long cookie, long offset, int dataBytes) {
        if (mode == NbdMode.SIMPLE) {
            to.putInt(Nbd.NBD_SIMPLE_REPLY_MAGIC).putInt(Nbd.NBD_SUCCESS).putLong(cookie);
        } else {
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_OFFSET_DATA, cookie, offset, Long.BYTES + dataBytes);
            to.putLong(offset);
        }
    }

    /** Returns the length of the header of a block status reply (bytes). */
    public static int statusHeaderBytes(NbdMode mode) {
        return mode == NbdMode.EXTENDED
                ? Nbd.EXTENDED_REPLY_BYTES + 2 * Integer.BYTES
                : Nbd.STRUCTURED_REPLY_BYTES + Integer.BYTES;
    }

    /** Returns the length of an encoded extent (bytes). */
    public static int extentBytes(NbdMode mode) {
        return mode == NbdMode.EXTENDED ? 2 * Long.BYTES : 2 * Integer.BYTES;
    }

    /** Encodes the header of a block status reply. */
    public static void putStatusHeader(ByteBuffer to, NbdMode mode, long cookie, long offset, int extents) {
        int extentsBytes = extents * extentBytes(mode);
        if (mode == NbdMode.EXTENDED) {
            int payload = 2 * Integer.BYTES + extentsBytes;
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_BLOCK_STATUS_EXT, cookie, offset, payload);
            to.putInt(Nbd.BASE_ALLOCATION_ID).putInt(extents);
        } else {
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_BLOCK_STATUS, cookie, offset, Integer.BYTES + extentsBytes);
            to.putInt(Nbd.BASE_ALLOCATION_ID);
        }
    }

    /** Encodes an extent. Without extended headers its length must be less than 2<sup>32</sup>. */
    public static void putExtent(ByteBuffer to, NbdMode mode, long length, int state) {
        if (mode == NbdMode.EXTENDED) {
            to.putLong(length).putLong(state);
        } else {
            to.putInt((int) length).putInt(state);
        }
    }

    private static void putChunk(ByteBuffer to, NbdMode mode, int type, long cookie, long offset, int payloadBytes) {
        boolean extended = mode == NbdMode.EXTENDED;
        to.putInt(extended ? Nbd.NBD_EXTENDED_REPLY_MAGIC : Nbd.NBD_STRUCTURED_REPLY_MAGIC)
                .putShort((short) Nbd.NBD_REPLY_FLAG_DONE)
                .putShort((short) type)
                .putLong(cookie);
        if (extended) {
            to.putLong(offset).putLong(payloadBytes);
        } else {
            to.putInt(payloadBytes);
        }
    }
}
