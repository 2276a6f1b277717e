package dev.weir.throttle;

import dev.weir.block.Direction;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The six limits of a drive or group. */
public enum LimitKey {
    /** Bytes per second of reads and writes together. */
    BPS(null, true),
    /** Bytes per second of reads. */
    BPS_RD(Direction.READ, true),
    /** Bytes per second of writes. */
    BPS_WR(Direction.WRITE, true),
    /** Requests per second of reads and writes together. */
    IOPS(null, false),
    /** Requests per second of reads. */
    IOPS_RD(Direction.READ, false),
    /** Requests per second of writes. */
    IOPS_WR(Direction.WRITE, false);

    /** All limits in display order. */
    public static final List<LimitKey> ALL = List.of(values());

    private final @Nullable Direction direction;
    private final boolean bytes;
    private final String key = name().toLowerCase(Locale.ROOT);

    LimitKey(@Nullable Direction direction, boolean bytes) {
        this.direction = direction;
        this.bytes = bytes;
    }

    /** {@return the name in configuration files and commands such as {@code bps_rd}} */
    public String key() {
        return key;
    }

    /** {@return the direction to which the limit applies; null if it applies to both} */
    public @Nullable Direction direction() {
        return direction;
    }

    /** {@return whether the limit counts bytes; otherwise it counts requests} */
    public boolean countsBytes() {
        return bytes;
    }

    /**
     * {@return whether the limit applies to requests of a direction}
     *
     * @param request the direction of the request
     */
    public boolean appliesTo(Direction request) {
        return direction == null || direction == request;
    }
}
