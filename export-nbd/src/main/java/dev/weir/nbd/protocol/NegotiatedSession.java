package dev.weir.nbd.protocol;

import dev.weir.drive.Drive;

/**
 * What a client and the server have agreed on when transmission begins.
 *
 * @param drive the export that the client has chosen
 * @param mode how requests and replies are framed
 * @param allocation whether the metadata context {@code base:allocation} is selected
 */
public record NegotiatedSession(Drive drive, NbdMode mode, boolean allocation) {

    /**
     * Returns the transmission flags. A drive has one cache for all connections, so a flush on one is a flush
     * for all.
     */
    int transmissionFlags() {
        int flags = Nbd.NBD_FLAG_HAS_FLAGS
                | Nbd.NBD_FLAG_SEND_FLUSH
                | Nbd.NBD_FLAG_SEND_FUA
                | Nbd.NBD_FLAG_CAN_MULTI_CONN
                | Nbd.NBD_FLAG_SEND_CACHE;
        flags |= drive.readOnly()
                ? Nbd.NBD_FLAG_READ_ONLY
                : Nbd.NBD_FLAG_SEND_TRIM | Nbd.NBD_FLAG_SEND_WRITE_ZEROES | Nbd.NBD_FLAG_SEND_FAST_ZERO;
        if (mode != NbdMode.SIMPLE) {
            flags |= Nbd.NBD_FLAG_SEND_DF;
        }
        if (mode == NbdMode.EXTENDED && allocation) {
            flags |= Nbd.NBD_FLAG_BLOCK_STATUS_PAYLOAD;
        }
        return flags;
    }
}
