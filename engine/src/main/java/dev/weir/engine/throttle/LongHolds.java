package dev.weir.engine.throttle;

import dev.weir.drive.DriveRequest;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of requests that a drive holds longer than clients usually wait for an answer: one line a minute, with the
 * number of the others.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class LongHolds {

    /** The default of Linux' block layer; QEMU, nbd-client and libiscsi are configured to similar values. */
    static final long CLIENT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Logger log = LoggerFactory.getLogger(LongHolds.class);

    /** The number of the request that was found last, in either lane. */
    private long lastId;

    private long found;
    private long told;
    private long toldAt;

    /** Looks at the head of a lane, which goes after {@code waitNanos} at the earliest. */
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
        DriveRequest request = lane.get(0);
        log.warn(
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

    /** Returns how many requests were held so long. */
    long found() {
        return found;
    }
}
