package dev.weir.throttle;

import dev.weir.block.Direction;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Decides when the requests of one drive or group may go so that the limits hold. A policy is pure arithmetic. It has
 * no thread, clock or queue. Time is an argument and never goes back.
 *
 * <p>The law of a limit has two sides. In any time T the policy releases at most rate × T, its allowance and one
 * request. A drive that always has a request waiting gets at least the rate less one request. The allowance is the
 * policy's own and documented, for example its burst; {@link ThrottleDebt#under} assumes 100 ms of the rate. A request
 * of any length goes in the end: the policy admits it whole and the excess is owed. {@link
 * dev.weir.throttle.arithmetic.MeteredDebt} and its neighbours have the exact arithmetic.
 *
 * <p>Not thread-safe: the owner serialises the calls. Times are nanoseconds of one monotonic clock with any origin and
 * may wrap, so compare them by their difference. A request that is charged by count only (a discard by default) has
 * the length 0. It costs one request and no bytes.
 *
 * <p>A call must not block. After a call of more than a second the drive holds its queue; the call is interrupted
 * unless the factory {@linkplain ThrottlePolicyFactory#returnsAtOnce promises} that it returns at once.
 *
 * <p>The owner calls {@code waitNanos} for the request at the head of its queue. At 0 it releases the request and
 * calls {@link #charge}. Otherwise it sets a timer for that time and calls again. A request may be withdrawn
 * meanwhile. Any number of queries must change nothing.
 */
@ConsumerType
public interface ThrottlePolicy {

    /**
     * {@return the time (ns) that a request must wait} At 0 it may go now. Otherwise it may go after exactly this
     * time if nothing is charged meanwhile. A query charges nothing and changes no later answer.
     *
     * @param direction the direction of the request
     * @param bytes length of the request (bytes); 0 or more
     * @param now the time (ns) with any origin
     */
    default long waitNanos(Direction direction, long bytes, long now) {
        long longest = 0;
        for (LimitKey limit : LimitKey.ALL) {
            longest = Math.max(longest, waitNanos(limit, direction, bytes, now));
        }
        return longest;
    }

    /**
     * {@return the time (ns) that one limit makes a request wait} 0 if the limit does not hold it, does not apply or
     * is not set. The wait of a request is the maximum over all limits. A query charges nothing.
     *
     * @param limit the limit
     * @param direction the direction of the request
     * @param bytes length of the request (bytes); 0 or more
     * @param now the time (ns) with any origin
     */
    long waitNanos(LimitKey limit, Direction direction, long bytes, long now);

    /**
     * Charges a released request to every limit that applies. Called only right after {@code waitNanos} returned 0
     * for this request at this time.
     *
     * @param direction the direction of the request
     * @param bytes length of the request (bytes); 0 or more
     * @param now the time (ns) with any origin
     */
    void charge(Direction direction, long bytes, long now);

    /**
     * Changes the limits. The debt under a limit that stays is kept as time and as units. The shorter of both applies,
     * exact to a nanosecond (see {@link ThrottleDebt#under}). A new limit starts without debt.
     *
     * @param limits the new limits
     * @param now the time (ns) with any origin
     * @throws IllegalArgumentException if the policy cannot enforce the limits; nothing has changed then
     */
    void reconfigure(ThrottleLimits limits, long now);

    /**
     * {@return the debt for display and for the next policy} It falls by one nanosecond per nanosecond. A policy that
     * is created with a debt returns the same debt at the same time. No part is rounded.
     *
     * @param now the time (ns) with any origin
     */
    ThrottleDebt debt(long now);

    /**
     * {@return an independent copy in the same state for the forecast of releases} Null if a new policy with the same
     * {@linkplain #debt debt} behaves identically.
     */
    default @Nullable ThrottlePolicy copy() {
        return null;
    }
}
