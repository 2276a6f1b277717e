package dev.weir.throttle;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says when a request may go so that the limits of one drive or group are kept. Pure arithmetic: it has no
 * thread, no clock and no queue; the time is handed to it and never goes back.
 *
 * <p>Not thread-safe: its owner serialises calls. Times are nanoseconds of one monotonic clock with any
 * origin. Lengths are 1 byte or more.
 */
@ConsumerType
public interface ThrottlePolicy {

    /**
     * {@return how long a request must wait: 0 means that it may go now; otherwise, if nothing is charged
     * meanwhile, it may go after that many nanoseconds and not one earlier} Charges nothing.
     *
     * @param direction whether the request reads or writes
     * @param bytes the length of the request, 1 or more
     * @param now the time, in nanoseconds of any origin
     */
    default long waitNanos(Direction direction, long bytes, long now) {
        long longest = 0;
        for (LimitKey limit : LimitKey.ALL) {
            longest = Math.max(longest, waitNanos(limit, direction, bytes, now));
        }
        return longest;
    }

    /**
     * {@return how long one limit alone makes a request wait; 0 if it does not, or does not apply, or is not
     * set} The longest of all limits is what {@link #waitNanos(Direction, long, long)} returns. Charges nothing.
     *
     * @param limit the limit that is asked about
     * @param direction whether the request reads or writes
     * @param bytes the length of the request, 1 or more
     * @param now the time, in nanoseconds of any origin
     */
    long waitNanos(LimitKey limit, Direction direction, long bytes, long now);

    /**
     * Charges a request that goes now to every limit that applies. Called only right after
     * {@link #waitNanos(Direction, long, long)} returned 0 for the same request.
     *
     * @param direction whether the request reads or writes
     * @param bytes the length of the request, 1 or more
     * @param now the time, in nanoseconds of any origin
     */
    void charge(Direction direction, long bytes, long now);

    /**
     * Goes on with other limits. What is owed under a limit that stays is kept as time; a limit that is new
     * owes nothing.
     *
     * @param limits the limits that hold from now on
     * @param now the time, in nanoseconds of any origin
     * @throws IllegalArgumentException if this policy cannot keep such limits; nothing has changed then
     */
    void reconfigure(ThrottleLimits limits, long now);

    /**
     * {@return what is owed, for people to see and for the next policy to take over}
     *
     * @param now the time, in nanoseconds of any origin
     */
    ThrottleDebt debt(long now);

    /**
     * {@return a policy that stands exactly as this one and goes its own way from here; null, if one that takes over
     * the {@linkplain #debt debt} stands no differently} It foresees when the requests go that wait.
     */
    default @Nullable ThrottlePolicy copy() {
        return null;
    }
}
