package dev.weir.block;

/** Why a request failed, in the terms of a block layer. Named after the errno values that NBD carries. */
public enum BlockError {
    /** Not permitted: a write to a read-only drive. */
    EPERM,
    /** The storage failed. */
    EIO,
    /** The request is malformed, or reaches beyond the end of the drive. */
    EINVAL,
    /** No room left, or a write beyond the end of the drive. */
    ENOSPC,
    /** The storage cannot do it the way it was asked for: zeroes faster than by writing them. */
    ENOTSUP,
    /** The drive is going away. */
    ESHUTDOWN
}
