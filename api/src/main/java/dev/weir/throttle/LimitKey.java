package dev.weir.throttle;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The six limits a drive or a group can have. */
public enum LimitKey {
    /** Bytes per second, reads and writes together. */
    BPS(null, true),
    /** Bytes per second, reads. */
    BPS_RD(Direction.READ, true),
    /** Bytes per second, writes. */
    BPS_WR(Direction.WRITE, true),
    /** Requests per second, reads and writes together. */
    IOPS(null, false),
    /** Requests per second, reads. */
    IOPS_RD(Direction.READ, false),
    /** Requests per second, writes. */
    IOPS_WR(Direction.WRITE, false);

    /** All of them, in the order in which they are shown. */
    public static final List<LimitKey> ALL = List.of(values());

    private final @Nullable Direction direction;
    private final boolean bytes;
    private final String key = name().toLowerCase(Locale.ROOT);

    LimitKey(@Nullable Direction direction, boolean bytes) {
        this.direction = direction;
        this.bytes = bytes;
    }

    /** {@return the name in configuration files and commands, for example {@code bps_rd}} */
    public String key() {
        return key;
    }

    /** {@return the only direction this limit is about, or null if it holds reads and writes alike} */
    public @Nullable Direction direction() {
        return direction;
    }

    /** {@return whether this limit counts bytes rather than requests} */
    public boolean countsBytes() {
        return bytes;
    }

    /**
     * {@return whether requests of this direction come under this limit}
     *
     * @param request whether it reads or writes
     */
    public boolean appliesTo(Direction request) {
        return direction == null || direction == request;
    }
}
