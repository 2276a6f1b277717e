package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of requests that a drive holds longer than the usual timeout of clients. Logs at most one line a minute with
 * the number of further requests.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class LongHolds {

    /** The default timeout of Linux' block layer. QEMU, nbd-client and libiscsi are usually set to similar values. */
    static final long CLIENT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Logger LOG = LoggerFactory.getLogger(LongHolds.class);

    /** The number of the request found last in either lane. */
    private long lastId;

    private long found;
    private long told;
    private long toldAt;

    /**
     * Returns whether the head of a lane is held longer than the usual timeout.
     *
     * @param waitNanos the least time until its release
     */
    static boolean isLong(Lane lane, long waitNanos, long now) {
        return heldNanos(lane, waitNanos, now) >= CLIENT_TIMEOUT_NANOS;
    }

    private static long heldNanos(Lane lane, long waitNanos, long now) {
        return now - lane.headArrival() + waitNanos;
    }

    /**
     * Checks the head of a lane.
     *
     * @param waitNanos the least time until its release
     */
    void check(String owner, Lane lane, long waitNanos, long now) {
        if (!isLong(lane, waitNanos, now) || lane.id(0) <= lastId) {
            return;
        }
        lastId = lane.id(0);
        found++;
        if (told > 0 && now - toldAt < QUIET_NANOS) {
            return;
        }
        LOG.warn(line(owner, lane.get(0), heldNanos(lane, waitNanos, now), found - told - 1));
        told = found;
        toldAt = now;
    }

    /**
     * Returns the warning.
     *
     * @param others the number of requests found since the last warning
     */
    static String line(String owner, BlockRequest request, long heldNanos, long others) {
        return "%s holds a %s of %d bytes for %d s%s; many clients time out after %d s: raise its limits, or drain it"
                .formatted(
                        owner,
                        request.operation().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        request.length(),
                        TimeUnit.NANOSECONDS.toSeconds(heldNanos),
                        others == 0 ? "" : ", and %d others since the last such warning".formatted(others),
                        TimeUnit.NANOSECONDS.toSeconds(CLIENT_TIMEOUT_NANOS));
    }

    /** Returns the number of requests held that long. */
    long found() {
        return found;
    }
}
