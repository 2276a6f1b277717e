package dev.weir.drive;

import dev.weir.throttle.Direction;
import org.jspecify.annotations.Nullable;

/** What a request asks of a drive. */
public enum Operation {
    /** Reads into the request's buffer. */
    READ(Direction.READ),
    /** Writes from the request's buffer. */
    WRITE(Direction.WRITE),
    /** Makes a range read as zeroes. */
    WRITE_ZEROES(Direction.WRITE),
    /** The same, or nothing if that takes as long as writing zeroes: ENOTSUP then, at once and not charged. */
    FAST_ZERO(Direction.WRITE),
    /** Gives the room of a range back. */
    TRIM(Direction.WRITE),
    /** Makes all that has been completed survive a crash. Not throttled. */
    FLUSH(null),
    /** Prepares for a range to be read soon. Not throttled. */
    CACHE(null),
    /** Tells the request which {@linkplain DriveRequest#extent extents} of a range are holes. Not throttled. */
    BLOCK_STATUS(null);

    private final @Nullable Direction direction;

    Operation(@Nullable Direction direction) {
        this.direction = direction;
    }

    /** {@return the direction whose limits a request comes under, or null if it is not throttled} */
    public @Nullable Direction direction() {
        return direction;
    }
}
