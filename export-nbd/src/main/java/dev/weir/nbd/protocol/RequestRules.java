package dev.weir.nbd.protocol;

import dev.weir.drive.Drive;
import dev.weir.nbd.spec.Nbd;
import dev.weir.nbd.spec.NbdMode;
import org.jspecify.annotations.Nullable;

/** The specification's rules for invalid requests (section "Error values" and each command). */
public final class RequestRules {
    private RequestRules() {}

    /** Returns the error of an invalid request or null. {@code NBD_CMD_DISC} has no reply and is not checked here. */
    public static @Nullable RequestError error(RequestHeader request, NegotiatedSession agreement) {
        if ((request.flags & ~flags(request.type, agreement)) != 0) {
            return RequestError.WRONG_FLAGS;
        }
        Drive drive = agreement.drive();
        return switch (request.type) {
            case Nbd.NBD_CMD_READ -> readError(request, agreement);
            case Nbd.NBD_CMD_WRITE -> writeError(request, drive, RequestError.NO_ROOM_BEYOND_END);
            case Nbd.NBD_CMD_WRITE_ZEROES -> writeError(request, drive, RequestError.NO_ROOM_BEYOND_END);
            case Nbd.NBD_CMD_TRIM -> writeError(request, drive, RequestError.BEYOND_END);
            case Nbd.NBD_CMD_CACHE -> rangeError(request, drive, RequestError.BEYOND_END);
            case Nbd.NBD_CMD_BLOCK_STATUS -> statusError(request, agreement);
            case Nbd.NBD_CMD_FLUSH -> request.offset == 0 && request.length == 0 ? null : RequestError.FLUSH_OF_RANGE;
            default -> RequestError.UNKNOWN_COMMAND;
        };
    }

    /** Returns the flags that a command may have. {@code FUA} is allowed for every command. */
    private static int flags(int type, NegotiatedSession agreement) {
        NbdMode mode = agreement.mode();
        int flags =
                switch (type) {
                    case Nbd.NBD_CMD_READ -> mode == NbdMode.SIMPLE ? 0 : Nbd.NBD_CMD_FLAG_DF;
                    case Nbd.NBD_CMD_WRITE_ZEROES -> Nbd.NBD_CMD_FLAG_NO_HOLE | Nbd.NBD_CMD_FLAG_FAST_ZERO;
                    case Nbd.NBD_CMD_BLOCK_STATUS -> Nbd.NBD_CMD_FLAG_REQ_ONE;
                    default -> 0;
                };
        boolean mayHavePayload =
                type == Nbd.NBD_CMD_WRITE || (type == Nbd.NBD_CMD_BLOCK_STATUS && agreement.allocation());
        if (mode == NbdMode.EXTENDED && mayHavePayload) {
            flags |= Nbd.NBD_CMD_FLAG_PAYLOAD_LEN;
        }
        return flags | Nbd.NBD_CMD_FLAG_FUA;
    }

    private static @Nullable RequestError readError(RequestHeader request, NegotiatedSession agreement) {
        RequestError error = rangeError(request, agreement.drive(), RequestError.BEYOND_END);
        if (error == null && request.length > Drive.MAX_TRANSFER) {
            return agreement.mode() == NbdMode.SIMPLE ? RequestError.LONG_PAYLOAD : RequestError.LONG_READ;
        }
        return error;
    }

    private static @Nullable RequestError writeError(RequestHeader request, Drive drive, RequestError beyondEnd) {
        if (drive.readOnly()) {
            return RequestError.READ_ONLY;
        }
        if (request.type == Nbd.NBD_CMD_WRITE && !request.payloadFits) {
            return RequestError.WRONG_PAYLOAD;
        }
        if (request.type == Nbd.NBD_CMD_WRITE && request.length > Drive.MAX_TRANSFER) {
            return RequestError.LONG_PAYLOAD;
        }
        return rangeError(request, drive, beyondEnd);
    }

    private static @Nullable RequestError statusError(RequestHeader request, NegotiatedSession agreement) {
        if (!agreement.allocation()) {
            return RequestError.NO_CONTEXT;
        }
        boolean payload = request.has(Nbd.NBD_CMD_FLAG_PAYLOAD_LEN);
        return payload && !request.payloadFits
                ? RequestError.WRONG_PAYLOAD
                : rangeError(request, agreement.drive(), RequestError.BEYOND_END);
    }

    /**
     * Returns the error of an invalid range or null. The specification leaves a length of 0 to the server. It is
     * rejected because it is probably a mistake.
     */
    private static @Nullable RequestError rangeError(RequestHeader request, Drive drive, RequestError beyondEnd) {
        if (request.length == 0) {
            return RequestError.NO_LENGTH;
        }
        return drive.contains(request.offset, request.length) ? null : beyondEnd;
    }
}
