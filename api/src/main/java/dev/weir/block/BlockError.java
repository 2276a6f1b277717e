package dev.weir.block;

/**
 * Errors of the block layer, named after the errno values that NBD carries. A device may complete a request with any of
 * them. {@link #EIO} is right when no other one is.
 */
public enum BlockError {
    /** Not permitted: a write to a read-only drive. */
    EPERM,
    /** The storage failed. */
    EIO,
    /** The request is malformed or reaches beyond the end of the drive. */
    EINVAL,
    /** No space left or a write beyond the end of the drive. */
    ENOSPC,
    /**
     * No memory left for the request; the same request may succeed later. An {@link OutOfMemoryError} of a backend or
     * device becomes this error.
     */
    ENOMEM,
    /** The storage does not support the request as asked. For example it cannot zero fast. */
    ENOTSUP,
    /** The drive is closing. */
    ESHUTDOWN;

    /**
     * {@return the error of a request beyond the end of the drive} {@link #ENOSPC} for a write or zeroing, {@link
     * #EINVAL} for all others.
     *
     * @param operation the operation of the request
     */
    public static BlockError beyondEnd(Operation operation) {
        return operation.direction() == Direction.WRITE && operation != Operation.TRIM ? ENOSPC : EINVAL;
    }
}
