package dev.weir.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.block.BlockError;
import dev.weir.drive.Drive;
import dev.weir.nbd.spec.Nbd;

/**
 * The error of a rejected or failed request: its number and a message for replies with room for it. Messages reveal
 * neither the storage of a drive nor its other clients.
 */
public enum RequestError {
    READ_ONLY(Nbd.NBD_EPERM, "the export is read-only"),
    UNKNOWN_COMMAND(Nbd.NBD_EINVAL, "the command is not known"),
    WRONG_FLAGS(Nbd.NBD_EINVAL, "a command flag is not known, or not for this command"),
    WRONG_PAYLOAD(Nbd.NBD_EINVAL, "the payload is missing, or not for this command"),
    NO_LENGTH(Nbd.NBD_EINVAL, "the length must not be 0"),
    BEYOND_END(Nbd.NBD_EINVAL, "the range must be within the export"),
    NO_ROOM_BEYOND_END(Nbd.NBD_ENOSPC, "the range must be within the export"),
    LONG_PAYLOAD(Nbd.NBD_EINVAL, "a payload must be at most " + Drive.MAX_TRANSFER + " bytes"),
    LONG_READ(Nbd.NBD_EOVERFLOW, "a read must be at most " + Drive.MAX_TRANSFER + " bytes"),
    FLUSH_OF_RANGE(Nbd.NBD_EINVAL, "offset and length of a flush must be 0"),
    NO_CONTEXT(Nbd.NBD_EINVAL, "no metadata context was selected for this export"),
    NO_MEMORY(Nbd.NBD_ENOMEM, "the server has no memory left for the request"),
    NOT_PERMITTED(Nbd.NBD_EPERM, "the storage does not permit it"),
    STORAGE_FAILED(Nbd.NBD_EIO, "the storage failed"),
    INVALID(Nbd.NBD_EINVAL, "the storage cannot take such a request"),
    NO_ROOM(Nbd.NBD_ENOSPC, "the storage has no room left"),
    NOT_FAST(Nbd.NBD_ENOTSUP, "zeroing is no faster than writing zeroes"),
    SHUTDOWN(Nbd.NBD_ESHUTDOWN, "the export is being shut down");

    /** Length of the longest message (bytes). */
    static final int MAX_TEXT_BYTES = 64;

    /** The error number of the specification. */
    public final int value;

    @SuppressWarnings("ImmutableEnumChecker") // never modified
    private final byte[] text;

    RequestError(int value, String text) {
        this.value = value;
        this.text = text.getBytes(UTF_8);
    }

    /** Returns the message in UTF-8. Do not modify it. */
    byte[] text() {
        return text;
    }

    /** Returns the error that reports a drive's error to the client. */
    public static RequestError of(BlockError error) {
        return switch (error) {
            case EPERM -> NOT_PERMITTED;
            case EIO -> STORAGE_FAILED;
            case EINVAL -> INVALID;
            case ENOSPC -> NO_ROOM;
            case ENOMEM -> NO_MEMORY;
            case ENOTSUP -> NOT_FAST;
            case ESHUTDOWN -> SHUTDOWN;
        };
    }
}
