package dev.weir.throttle;

import dev.weir.block.Direction;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Decides when the requests of one drive or group may go so that the limits hold. A policy is pure arithmetic. It has
 * no thread, clock or queue. Time is an argument and never goes back.
 *
 * <p>The law of a limit has two sides. In any time T the policy releases at most rate × T, its allowance and one
 * request. A new drive that always has a request waiting gets at least rate × T less one request, for every T since its
 * start. The allowance is the policy's own and documented, for example its burst. It may be 0, but then each late timer
 * costs throughput. The usual rule: a request waits until the debt is at most the allowance and is then charged in
 * full. So a request of any length goes in the end and the excess is owed. A request, such as a long trim, is never
 * split. {@link dev.weir.throttle.arithmetic} has the exact arithmetic and an example.
 *
 * <p>Idle time is neither credit nor penalty. Once the debt is paid, an idle drive may use the allowance, and none of
 * its requests goes later than those of a new drive.
 *
 * <p>A policy may divide time into pieces, such as slices or windows of a second. Its <dfn>granularity</dfn> is the
 * length of a piece (ns). The pieces are those of the argument {@code now}, counted from a moment that the policy
 * chooses, and not those of the wall clock. A policy that may release the rate of a whole piece at any moment of it has
 * an allowance of two pieces: the end of one and the start of the next. Under several limits, and after idle time, a
 * request may go later than the law says by up to the granularity.
 *
 * <p>A policy holds requests because of limits only. A delay for any other reason belongs in a {@linkplain
 * dev.weir.block.filter filter}. If a request must wait although no single limit holds it then the queue shows {@code
 * turn} as the reason. The engine then holds reads and writes alike because it knows no limit of one direction.
 *
 * <p>Not thread-safe: the owner serialises the calls. Times are nanoseconds of one monotonic clock with any origin and
 * may wrap, so compare them by their difference. A request that is charged by count only (a discard by default) has
 * the length 0. It costs one request and no bytes. Under a limit of bytes it adds no debt, but it may wait until the
 * debt of other requests is paid.
 *
 * <p>The owner has two queues: one of reads, and one of writes with zeroing and trims. It calls {@code waitNanos} for
 * the oldest request of each. At 0 it may release the request and then calls {@link #charge}. Otherwise it sets a timer
 * for that time and calls again. It may call at any other time too. A request may be withdrawn meanwhile. Any number of
 * queries must change nothing. A group has the two queues of all its members. Under {@link ThrottleLimits#NONE} neither
 * {@code waitNanos} nor {@code charge} is called.
 *
 * <p>A call must not block. A call has failed if it throws, answers null or a negative wait, or takes more than a
 * second. A policy has also failed if its waits contradict each other 16 times: a request that may go at a moment must
 * not have to wait longer unless something was charged. An answer of {@link Long#MAX_VALUE} sets no timer. Given again
 * later it is a contradiction, because the moment of release has moved. The drive of a failed policy holds its queue
 * and names the policy. The policy is not called again. The drive goes on when its limits or policy are set again, even
 * to the same values, or when another factory provides the type. A late call is interrupted. A factory with a call that
 * does not end is not called until it ends.
 *
 * <p>{@code ThrottlePolicyContract} of the test kit (the module {@code testkit}) tests all of these laws.
 */
@ConsumerType
public interface ThrottlePolicy {

    /**
     * {@return the time (ns) that a request must wait: the longest wait over all limits} The engine releases requests
     * by this method alone. At 0 the request may go now. Otherwise it may go after exactly this time if nothing is
     * charged meanwhile. A query charges nothing and changes no later answer. The default asks each limit. Override it
     * for speed only, with the same answer.
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
     * is not set. The engine names the limit with the longest wait as the one that holds the request. If that limit
     * applies to one direction then the other direction goes on. A query charges nothing.
     *
     * @param limit the limit
     * @param direction the direction of the request
     * @param bytes length of the request (bytes); 0 or more
     * @param now the time (ns) with any origin
     */
    long waitNanos(LimitKey limit, Direction direction, long bytes, long now);

    /**
     * Charges a released request to every limit that applies. Called only after {@code waitNanos} returned 0 for the
     * same arguments, with no other charge or change between the two calls. Queries for other requests may lie between.
     *
     * @param direction the direction of the request
     * @param bytes length of the request (bytes); 0 or more
     * @param now the time (ns) with any origin
     */
    void charge(Direction direction, long bytes, long now);

    /**
     * Changes the limits. The debt under a limit that stays is kept as time and as units. The shorter of both applies,
     * exact to a nanosecond (see {@link ThrottleDebt#under}). A new limit starts without debt. It is enough to start
     * again with {@code debt(now).under(oldLimits, newLimits)}.
     *
     * @param limits the new limits; may be {@link ThrottleLimits#NONE}
     * @param now the time (ns) with any origin
     * @throws IllegalArgumentException if this policy cannot change to the limits; nothing has changed then. The engine
     *     replaces it by a new policy of {@link ThrottlePolicyFactory#create} with the same debt. The drive holds its
     *     queue only if that fails too.
     */
    void reconfigure(ThrottleLimits limits, long now);

    /**
     * {@return the debt for display and for the next policy} Each charge adds the time that its units take at the rate,
     * also if the policy releases early within a burst or a piece of time. The debt falls by one nanosecond per
     * nanosecond to 0. It is rounded up to whole nanoseconds. {@link dev.weir.throttle.arithmetic.MeteredDebt} is this
     * account. A policy that is created with a debt returns the same debt at the same time. The policy itself keeps
     * fractions: the debt after many charges is that after one charge of their sum.
     *
     * @param now the time (ns) with any origin
     */
    ThrottleDebt debt(long now);

    /**
     * {@return an independent copy in the same state for the forecast of releases} Null, the default, if a new policy
     * with the same {@linkplain #debt debt} behaves identically. A start from whole nanoseconds is identical enough.
     *
     * <p>Any thread that shows a drive asks for copies while requests wait: a few for each look at the drive and one
     * for each drive and group of the tree for its queue. A copy that fails costs the forecast only.
     */
    default @Nullable ThrottlePolicy copy() {
        return null;
    }
}
