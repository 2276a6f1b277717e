package dev.weir.engine;

import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/**
 * What one drive or group may do at a moment, written from what the documentation says and not from the engine or its
 * policies: for each limit a level, kept as the time until it is clear. A change of rate keeps that time, a limit that is
 * new owes nothing. A bucket lets a request go when the level is no higher than its size. A slice may have been filled
 * right before the next one began, and what a request that left has waited for is a claim of those after it.
 */
final class Allowance {
    private static final long SECOND = 1_000_000_000L;
    private static final long TENTH_NANOS = SECOND / 10;

    private final long longestRequest;
    private final @Nullable Meter[] meters = new @Nullable Meter[LimitKey.ALL.size()];
    private ThrottleLimits limits = ThrottleLimits.NONE;

    private static final class Meter {
        private long unitsPerSecond;
        private long sizeNanos;
        private long maxPerSecond;
        private long clearAt;
        private long maxClearAt;

        /** Whether any of what is owed was let go by slices. */
        private boolean sliced;

        /** What the level may be above the size after slices let a request go, which may all have been waited for, at its rate then. */
        private long paidNanos;

        Meter(long now) {
            clearAt = now;
            maxClearAt = now;
        }

        void limits(LimitKey key, ThrottleLimits limits, long now) {
            unitsPerSecond = limits.meteredRate(key, limits.rate(key));
            if (maxPerSecond == 0) {
                maxClearAt = now;
            }
            maxPerSecond = limits.meteredRate(key, limits.max(key));
            double burst = (double) limits.max(key) * limits.maxLengthSeconds(key) / limits.rate(key);
            sizeNanos = maxPerSecond == 0 ? TENTH_NANOS : (long) (burst * SECOND) + 1;
        }

        boolean release(long units, long longest, boolean bySlices, long now) {
            long level = Math.max(0, clearAt - now);
            sliced = bySlices || (sliced && level > 0);
            long paid = Math.max(paidNanos, nanos(longest, unitsPerSecond));
            long allowed = sliced ? Math.max(sizeNanos, 2 * TENTH_NANOS) + paid : sizeNanos;
            paidNanos = bySlices ? Math.max(paidNanos, nanos(longest + units, unitsPerSecond)) : sliced ? paidNanos : 0;
            clearAt = now + level + nanos(units, unitsPerSecond);
            long maxLevel = Math.max(0, maxClearAt - now);
            if (maxPerSecond > 0) {
                maxClearAt = now + maxLevel + nanos(units, maxPerSecond);
            }
            return level <= allowed && (maxPerSecond == 0 || maxLevel <= TENTH_NANOS);
        }

        private static long nanos(long units, long perSecond) {
            return units * SECOND / perSecond;
        }
    }

    /**
     * Makes an allowance without limits.
     *
     * @param longestRequest in bytes, for the claim that one may leave behind
     */
    Allowance(long longestRequest) {
        this.longestRequest = longestRequest;
    }

    ThrottleLimits limits() {
        return limits;
    }

    void limits(ThrottleLimits newLimits, long now) {
        limits = newLimits;
        for (LimitKey key : LimitKey.ALL) {
            Meter meter = meters[key.ordinal()];
            if (limits.rate(key) == 0) {
                meters[key.ordinal()] = null;
            } else {
                meter = meter == null ? new Meter(now) : meter;
                meter.limits(key, limits, now);
                meters[key.ordinal()] = meter;
            }
        }
    }

    /** Takes note of a request that goes, and returns the limit that does not allow it, or null if all do. */
    @Nullable
    LimitKey release(Direction direction, long bytes, boolean bySlices, long now) {
        LimitKey broken = null;
        for (LimitKey key : LimitKey.ALL) {
            Meter meter = meters[key.ordinal()];
            if (meter != null
                    && key.appliesTo(direction)
                    && !meter.release(
                            limits.meteredUnits(key, bytes), limits.meteredUnits(key, longestRequest), bySlices, now)) {
                broken = key;
            }
        }
        return broken;
    }
}
