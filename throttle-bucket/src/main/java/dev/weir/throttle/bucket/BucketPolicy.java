package dev.weir.throttle.bucket;

import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Leaky buckets, with the semantics QEMU documents for its disk throttling. Each limit has a bucket that
 * leaks at the limit's rate. A request goes when no bucket is over its size before it; what it adds may
 * overfill the bucket, and the next request waits for that to leak out. So a request of any size goes, and
 * the rate over time is the limit.
 *
 * <p>Worked numbers, {@code bps = 10 MiB} without a burst: the size is 1 MiB, a tenth of a second's worth.
 * From idle, 1 MiB goes at once and one more request on top of it; if that is of 64 KiB, the next goes
 * 6.25 ms later, when 64 KiB have leaked. With {@code bps_max = 100 MiB} for 3 s the size is 300 MiB, so a
 * burst at 100 MiB/s lasts 3.33 s: meanwhile 33.3 MiB leak out.
 *
 * <p>Not thread-safe.
 *
 * @see <a href="https://gitlab.com/qemu-project/qemu/-/blob/master/docs/throttle.txt">QEMU, docs/throttle.txt</a>
 */
final class BucketPolicy implements ThrottlePolicy {

    /** By {@link LimitKey#ordinal()}; null where there is no limit. */
    private final @Nullable LimitBuckets[] buckets = new @Nullable LimitBuckets[LimitKey.ALL.size()];

    BucketPolicy(ThrottleLimits limits, ThrottleDebt owed, long now) {
        for (LimitKey limit : LimitKey.ALL) {
            if (limits.rate(limit) > 0) {
                buckets[limit.ordinal()] = new LimitBuckets(limit, limits, owed, now);
            }
        }
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        LimitBuckets bucket = buckets[limit.ordinal()];
        return bucket == null || !limit.appliesTo(direction) ? 0 : bucket.waitNanos(now);
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        for (LimitKey limit : LimitKey.ALL) {
            LimitBuckets bucket = buckets[limit.ordinal()];
            if (bucket != null && limit.appliesTo(direction)) {
                bucket.charge(bytes, now);
            }
        }
    }

    @Override
    public void reconfigure(ThrottleLimits limits, long now) {
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
    }

    @Override
    public ThrottleDebt debt(long now) {
        return ThrottleDebt.of(
                limit -> {
                    LimitBuckets bucket = buckets[limit.ordinal()];
                    return bucket == null ? 0 : bucket.owedNanos(now);
                },
                limit -> {
                    LimitBuckets bucket = buckets[limit.ordinal()];
                    return bucket == null ? 0 : bucket.burstOwedNanos(now);
                });
    }
}
