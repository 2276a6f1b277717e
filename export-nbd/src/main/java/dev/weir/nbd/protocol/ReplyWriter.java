package dev.weir.nbd.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Puts replies into bytes. A reply is one chunk, the last one, wherever it is a chunk. */
public final class ReplyWriter {
    /** What stands in front of an error's text: the error, the length of the text. */
    private static final int ERROR_BYTES = Integer.BYTES + Short.BYTES;

    /** The longest reply without data, in bytes. */
    public static final int MAX_PLAIN_BYTES = Nbd.EXTENDED_REPLY_BYTES + ERROR_BYTES + RequestError.MAX_TEXT_BYTES;

    /** Room for whatever stands in front of data, in bytes. */
    public static final int MAX_DATA_HEADER_BYTES = Nbd.EXTENDED_REPLY_BYTES + Long.BYTES;

    private ReplyWriter() {}

    /** Returns how long a reply without data is, in bytes. */
    public static int plainBytes(NbdMode mode, @Nullable RequestError error) {
        int payload = error == null ? 0 : ERROR_BYTES + error.text().length;
        return switch (mode) {
            case SIMPLE -> Nbd.SIMPLE_REPLY_BYTES;
            case STRUCTURED -> error == null ? Nbd.SIMPLE_REPLY_BYTES : Nbd.STRUCTURED_REPLY_BYTES + payload;
            case EXTENDED -> Nbd.EXTENDED_REPLY_BYTES + payload;
        };
    }

    /** Puts a reply without data. What was done is told in a simple reply where that is allowed: it is shorter. */
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
     * Puts what stands in front of the data of a read.
     *
     * @param to has room for exactly that, and then the data
     */
    public static void putReadHeader(ByteBuffer to, NbdMode mode, long cookie, long offset, int dataBytes) {
        if (mode == NbdMode.SIMPLE) {
            to.putInt(Nbd.NBD_SIMPLE_REPLY_MAGIC).putInt(Nbd.NBD_SUCCESS).putLong(cookie);
        } else {
            putChunk(to, mode, Nbd.NBD_REPLY_TYPE_OFFSET_DATA, cookie, offset, Long.BYTES + dataBytes);
            to.putLong(offset);
        }
    }

    /** Returns what stands in front of the extents of a block status, in bytes. */
    public static int statusHeaderBytes(NbdMode mode) {
        return mode == NbdMode.EXTENDED
                ? Nbd.EXTENDED_REPLY_BYTES + 2 * Integer.BYTES
                : Nbd.STRUCTURED_REPLY_BYTES + Integer.BYTES;
    }

    /** Returns how long an extent is in a reply, in bytes. */
    public static int extentBytes(NbdMode mode) {
        return mode == NbdMode.EXTENDED ? 2 * Long.BYTES : 2 * Integer.BYTES;
    }

    /** Puts what stands in front of the extents of a block status. */
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

    /** Puts an extent, whose length is less than 2^32 without extended headers. */
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
