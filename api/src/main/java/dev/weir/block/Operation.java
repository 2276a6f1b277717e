package dev.weir.block;

import org.jspecify.annotations.Nullable;

/** An operation on a drive. */
public enum Operation {
    /** Reads into the buffer of the request. */
    READ(Direction.READ),
    /** Writes from the buffer of the request. */
    WRITE(Direction.WRITE),
    /** Makes a range read as zeroes. */
    WRITE_ZEROES(Direction.WRITE),
    /**
     * Makes a range read as zeroes if that is faster than a write. Otherwise fails with ENOTSUP at once and
     * uncharged.
     */
    FAST_ZERO(Direction.WRITE),
    /** Discards a range: its space may be deallocated. */
    TRIM(Direction.WRITE),
    /** Makes all completed writes durable. Held only by the drive's cap of flushes. */
    FLUSH(null),
    /** Prefetches a range. Charged as a read because it reads the disk. */
    CACHE(Direction.READ),
    /** Reports the data and the {@linkplain BlockRequest#extent holes} of a range. Not throttled. */
    BLOCK_STATUS(null);

    private final @Nullable Direction direction;

    Operation(@Nullable Direction direction) {
        this.direction = direction;
    }

    /** {@return the direction whose limits apply; null if the operation is not throttled} */
    public @Nullable Direction direction() {
        return direction;
    }
}
