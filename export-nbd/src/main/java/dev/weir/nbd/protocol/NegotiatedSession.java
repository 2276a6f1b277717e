package dev.weir.nbd.protocol;

import dev.weir.drive.Drive;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;

/**
 * The negotiated parameters of a connection in transmission.
 *
 * @param drive the drive that the client has chosen
 * @param mode the framing of requests and replies
 * @param allocation whether the metadata context {@code base:allocation} is selected
 */
public record NegotiatedSession(Drive drive, NbdMode mode, boolean allocation) {

    /**
     * Returns the transmission flags. {@code NBD_FLAG_CAN_MULTI_CONN} is set because a flush on one connection covers
     * all connections of a drive.
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
