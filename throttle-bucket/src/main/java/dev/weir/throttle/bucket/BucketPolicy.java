package dev.weir.throttle.bucket;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.arithmetic.CostBound;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Leaky buckets with the semantics that QEMU documents for its disk throttling. Each limit has a bucket that leaks at
 * the limit's rate. A request is admitted when no bucket is over its size before it. The request may overfill the
 * bucket; the next one then waits until the excess has leaked. A request of any size is therefore admitted. The
 * long-run rate is the limit.
 *
 * <p>Worked numbers for {@code bps = 10 MiB} without a burst: the size is 1 MiB (100 ms worth of the rate). From
 * idle, 1 MiB and one more request go at once. If that request has 64 KiB then the next one goes 6.25 ms later, when
 * 64 KiB have leaked. With {@code bps_max = 100 MiB} for 3 s the size is 300 MiB. A burst at 100 MiB/s then lasts
 * 3.33 s because 33.3 MiB leak meanwhile.
 *
 * <p>Not thread-safe.
 *
 * @see <a href="https://gitlab.com/qemu-project/qemu/-/blob/master/docs/throttle.txt">QEMU, docs/throttle.txt</a>
 */
final class BucketPolicy implements ThrottlePolicy {

    private static final LimitBuckets[] NONE = {};

    /** The buckets of every policy that has put nothing in. It has none. */
    private static final @Nullable LimitBuckets[] UNUSED = new @Nullable LimitBuckets[LimitKey.ALL.size()];

    /** Half the range of a long (ns); more than any debt. */
    private static final long LONG_NANOS = 1L << 62;

    /**
     * Buckets of each limit by {@link LimitKey#ordinal()}; null for an unset limit. Made for the first request that is
     * put in, because many drives stay far below their limits.
     */
    private @Nullable LimitBuckets[] buckets = UNUSED;

    private ThrottleLimits limits;

    /** Buckets that hold reads and writes alike. The next two hold one direction each. */
    private LimitBuckets[] shared = NONE;

    private LimitBuckets[] readOnly = NONE;
    private LimitBuckets[] writeOnly = NONE;

    /** Moments from which reads and writes may go. A charge advances them; a decision is one subtraction. */
    private long readsAt;

    private long writesAt;

    /** Upper bound of the time until every bucket is empty after one request. */
    private CostBound cost = CostBound.NONE;

    /** Moment at which all buckets are empty (including the lone request). */
    private long emptyAt;

    /** Last update of the buckets; recent enough for comparisons of moments. */
    private long touchedAt;

    /**
     * Whether the last request ({@code loneBytes} at {@code loneAt}) is not in the buckets yet. All buckets were
     * empty before it and it overfills none. If they are empty again at the next request then it is never added,
     * because an empty bucket has no memory. A drive far below its limits therefore touches no bucket.
     */
    private boolean lone;

    private Direction loneDirection = Direction.READ;
    private long loneBytes;
    private long loneAt;

    BucketPolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
        this.limits = limits;
        if (!owed.equals(ThrottleDebt.NONE)) {
            makeBuckets(owed, now);
        }
        settle(now);
    }

    private void makeBuckets(ThrottleDebt owed, long now) {
        buckets = new @Nullable LimitBuckets[LimitKey.ALL.size()];
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                buckets[limit.ordinal()] = new LimitBuckets(limit, limits, owed, now);
            }
        }
        arrange();
    }

    private void arrange() {
        shared = bucketsOf(null);
        readOnly = bucketsOf(Direction.READ);
        writeOnly = bucketsOf(Direction.WRITE);
    }

    /** Takes over the limits and the levels of the buckets. */
    private void settle(long now) {
        cost = CostBound.of(limits);
        touchedAt = now;
        emptyAt = now + highestLevel(now);
        readsAt = now + Math.max(longestWait(shared, now), longestWait(readOnly, now));
        writesAt = now + Math.max(longestWait(shared, now), longestWait(writeOnly, now));
    }

    private long highestLevel(long now) {
        long longest = 0;
        for (LimitBuckets bucket : buckets) {
            if (bucket != null) {
                longest = Math.max(longest, bucket.levelNanos(now));
            }
        }
        return longest;
    }

    private LimitBuckets[] bucketsOf(@Nullable Direction direction) {
        LimitBuckets[] found = LimitKey.ALL.stream()
                .filter(limit -> limit.direction() == direction)
                .map(limit -> buckets[limit.ordinal()])
                .filter(Objects::nonNull)
                .toArray(LimitBuckets[]::new);
        return found.length == 0 ? NONE : found;
    }

    private static long longestWait(LimitBuckets[] buckets, long now) {
        long longest = 0;
        for (LimitBuckets bucket : buckets) {
            longest = Math.max(longest, bucket.waitNanos(now));
        }
        return longest;
    }

    @Override
    public long waitNanos(Direction direction, long bytes, long now) {
        return Math.max(0, (direction == Direction.READ ? readsAt : writesAt) - now);
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        LimitBuckets bucket = buckets[limit.ordinal()];
        return bucket == null || !limit.appliesTo(direction) ? 0 : bucket.waitNanos(now);
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        long leakNanos = cost.nanos(bytes);
        if (leakNanos <= LimitBuckets.SMALL_NANOS && isEmpty(now)) {
            lone = true;
            loneDirection = direction;
            loneBytes = bytes;
            loneAt = now;
            emptyAt = now + leakNanos;
        } else {
            putIn();
            putIn(direction, bytes, now);
            emptyAt = now + highestLevel(now);
        }
    }

    private boolean isEmpty(long now) {
        return now - emptyAt >= 0 && now - touchedAt <= LONG_NANOS;
    }

    private void putIn() {
        if (lone) {
            lone = false;
            putIn(loneDirection, loneBytes, loneAt);
        }
    }

    private void putIn(Direction direction, long bytes, long now) {
        if (buckets == UNUSED) {
            makeBuckets(ThrottleDebt.NONE, now);
        }
        touchedAt = now;
        long bothAt = now + charge(shared, bytes, now);
        if (direction == Direction.READ) {
            readsAt = later(bothAt, now + charge(readOnly, bytes, now));
            writesAt = later(bothAt, writesAt);
        } else {
            writesAt = later(bothAt, now + charge(writeOnly, bytes, now));
            readsAt = later(bothAt, readsAt);
        }
    }

    private static long charge(LimitBuckets[] buckets, long bytes, long now) {
        long longest = 0;
        for (LimitBuckets bucket : buckets) {
            longest = Math.max(longest, bucket.charge(bytes, now));
        }
        return longest;
    }

    private static long later(long a, long b) {
        return a - b >= 0 ? a : b;
    }

    @Override
    public void reconfigure(ThrottleLimits newLimits, long now) {
        putIn();
        limits = newLimits;
        if (buckets != UNUSED) {
            reconfigureBuckets(now);
        }
        settle(now);
    }

    private void reconfigureBuckets(long now) {
        for (LimitKey limit : LimitKey.ALL) {
            LimitBuckets bucket = buckets[limit.ordinal()];
            if (limits.rate(limit) == 0) {
                buckets[limit.ordinal()] = null;
            } else if (bucket == null) {
                buckets[limit.ordinal()] = new LimitBuckets(limit, limits, ThrottleDebt.NONE, now);
            } else {
                bucket.reconfigure(limits, now);
            }
        }
        arrange();
    }

    @Override
    public ThrottleDebt debt(long now) {
        if (isEmpty(now)) {
            return ThrottleDebt.NONE;
        }
        putIn();
        return ThrottleDebt.of(
                        limit -> owed(average(limit), bucket -> bucket.timeNanos(now)),
                        limit -> owed(average(limit), bucket -> bucket.unitNanos(now)),
                        limit -> owed(burst(limit), bucket -> bucket.timeNanos(now)),
                        limit -> owed(burst(limit), bucket -> bucket.unitNanos(now)))
                .forgiving(limit -> owed(average(limit), bucket -> bucket.forgivenNanos(now)));
    }

    private @Nullable LeakyBucket average(LimitKey limit) {
        LimitBuckets both = buckets[limit.ordinal()];
        return both == null ? null : both.average();
    }

    private @Nullable LeakyBucket burst(LimitKey limit) {
        LimitBuckets both = buckets[limit.ordinal()];
        return both == null ? null : both.burst();
    }

    private static long owed(@Nullable LeakyBucket bucket, ToLongFunction<LeakyBucket> debt) {
        return bucket == null ? 0 : debt.applyAsLong(bucket);
    }
}
