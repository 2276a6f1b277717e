package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;
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
     * Checks the head of a lane.
     *
     * @param waitNanos the least time until its release
     */
    void check(String owner, Lane lane, long waitNanos, long now) {
        long heldNanos = now - lane.arrival(0) + waitNanos;
        if (heldNanos < CLIENT_TIMEOUT_NANOS || lane.id(0) <= lastId) {
            return;
        }
        lastId = lane.id(0);
        found++;
        if (told > 0 && now - toldAt < QUIET_NANOS) {
            return;
        }
        BlockRequest request = lane.get(0);
        LOG.warn(
                "{} holds {} of {} bytes for {} s in all, and {} others before it since the last such line; many"
                        + " clients time out after {} s: raise its limits, or drain it",
                owner,
                request.operation(),
                request.length(),
                TimeUnit.NANOSECONDS.toSeconds(heldNanos),
                found - told - 1,
                TimeUnit.NANOSECONDS.toSeconds(CLIENT_TIMEOUT_NANOS));
        told = found;
        toldAt = now;
    }

    /** Returns the number of requests held that long. */
    long found() {
        return found;
    }
}
