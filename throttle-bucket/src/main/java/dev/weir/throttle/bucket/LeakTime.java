package dev.weir.throttle.bucket;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;

/**
 * How long one request takes to leak out of every bucket, roughly: never too short. The bursts' buckets leak faster.
 *
 * @param nanosPerByte of the slowest limit that counts bytes, or large requests as several
 * @param nanosPerRequest of the slowest limit that counts requests
 */
record LeakTime(double nanosPerByte, double nanosPerRequest) {
    static final LeakTime NONE = new LeakTime(0, 0);

    /** What rounding may take away. */
    private static final int SPARE_NANOS = 2;

    static LeakTime of(ThrottleLimits limits) {
        double perByte = 0;
        double perRequest = 0;
        for (LimitKey limit : LimitKey.ALL) {
            double perUnit = limits.rate(limit) == 0 ? 0 : 1e9 / limits.rate(limit);
            if (limit.countsBytes()) {
                perByte = Math.max(perByte, perUnit);
            } else {
                perRequest = Math.max(perRequest, perUnit);
                perByte = Math.max(perByte, limits.iopsSize() == 0 ? 0 : perUnit / limits.iopsSize());
            }
        }
        return new LeakTime(perByte, perRequest);
    }

    long nanos(long bytes) {
        return (long) (bytes * nanosPerByte + nanosPerRequest) + SPARE_NANOS;
    }
}
