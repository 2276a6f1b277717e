package dev.weir.block;

/** Errors of the block layer, named after the errno values that NBD carries. */
public enum BlockError {
    /** Not permitted: a write to a read-only drive. */
    EPERM,
    /** The storage failed. */
    EIO,
    /** The request is malformed or reaches beyond the end of the drive. */
    EINVAL,
    /** No space left or a write beyond the end of the drive. */
    ENOSPC,
    /** No memory left for the request; the same request may succeed later. */
    ENOMEM,
    /** The storage does not support the request as asked. For example it cannot zero fast. */
    ENOTSUP,
    /** The drive is closing. */
    ESHUTDOWN
}
