package dev.weir.nbd;

import dev.weir.drive.Drive;

/** What the specification says about requests that cannot be done, in its section "Error values" and at each command. */
final class RequestRules {
    private RequestRules() {}

    /**
     * Returns the error that a request is answered, or {@code NBD_SUCCESS} if the drive may have it.
     *
     * @param flags the command flags
     * @param type the command; {@code NBD_CMD_DISC} has no answer and does not come here
     * @param offset in bytes, unsigned
     * @param length in bytes, as a number from 0 to 2^32 - 1
     * @param drive what the client has chosen
     */
    static int error(int flags, int type, long offset, long length, Drive drive) {
        int known = type == Nbd.NBD_CMD_WRITE_ZEROES
                ? Nbd.NBD_CMD_FLAG_FUA | Nbd.NBD_CMD_FLAG_NO_HOLE
                : Nbd.NBD_CMD_FLAG_FUA;
        if ((flags & ~known) != 0) {
            return Nbd.NBD_EINVAL;
        }
        return switch (type) {
            case Nbd.NBD_CMD_READ -> rangeError(offset, length, Drive.MAX_TRANSFER, drive, Nbd.NBD_EINVAL);
            case Nbd.NBD_CMD_WRITE -> writeError(offset, length, Drive.MAX_TRANSFER, drive, Nbd.NBD_ENOSPC);
            case Nbd.NBD_CMD_WRITE_ZEROES -> writeError(offset, length, Long.MAX_VALUE, drive, Nbd.NBD_ENOSPC);
            case Nbd.NBD_CMD_TRIM -> writeError(offset, length, Long.MAX_VALUE, drive, Nbd.NBD_EINVAL);
            case Nbd.NBD_CMD_FLUSH -> offset == 0 && length == 0 ? Nbd.NBD_SUCCESS : Nbd.NBD_EINVAL;
            default -> Nbd.NBD_EINVAL;
        };
    }

    private static int writeError(long offset, long length, long maxLength, Drive drive, int beyondEnd) {
        return drive.readOnly() ? Nbd.NBD_EPERM : rangeError(offset, length, maxLength, drive, beyondEnd);
    }

    /** What a length of 0 does is left to the server; it moves nothing, so it is most likely a mistake. */
    private static int rangeError(long offset, long length, long maxLength, Drive drive, int beyondEnd) {
        if (length == 0 || length > maxLength) {
            return Nbd.NBD_EINVAL;
        }
        return offset < 0 || offset > drive.size() - length ? beyondEnd : Nbd.NBD_SUCCESS;
    }
}
