package dev.weir.backend.nbd.protocol;

import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import java.nio.ByteBuffer;

/** Encodes request headers. */
public final class RequestWriter {
    /** Length of the longest header (bytes). */
    public static final int MAX_BYTES = Nbd.EXTENDED_REQUEST_BYTES;

    private RequestWriter() {}

    /**
     * Encodes a header.
     *
     * @param type the command
     * @param flags the command flags without {@code NBD_CMD_FLAG_PAYLOAD_LEN}, which is added where needed
     */
    public static void put(ByteBuffer to, NbdMode mode, int type, int flags, long cookie, long offset, long length) {
        boolean extended = mode == NbdMode.EXTENDED;
        int all = extended && type == Nbd.NBD_CMD_WRITE ? flags | Nbd.NBD_CMD_FLAG_PAYLOAD_LEN : flags;
        to.putInt(mode.requestMagic)
                .putShort((short) all)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset);
        if (extended) {
            to.putLong(length);
        } else {
            to.putInt((int) length);
        }
    }
}
