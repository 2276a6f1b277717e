package dev.weir.throttle.arithmetic;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;

/**
 * An upper bound of the time that a request costs under any of several limits. Quick to compute, and valid up to 2^51
 * ns, which are 26 days. A policy uses it to admit a request that is far below every limit
 * without a look at each.
 *
 * <p>Immutable.
 *
 * @param nanosPerByte cost of a byte under the slowest limit that counts bytes, or counts long requests as several
 * @param nanosPerRequest cost of a request under the slowest limit that counts requests
 */
public record CostBound(double nanosPerByte, double nanosPerRequest) {

    /** The bound without limits. */
    public static final CostBound NONE = new CostBound(0, 0);

    /** The largest value at which a double resolves a quarter of a nanosecond. */
    static final long EXACT_NANOS = 1L << 51;

    /** Allowance for rounding. */
    private static final int SPARE_NANOS = 2;

    /**
     * {@return the bound of a set of limits}
     *
     * @param limits the limits to pay for
     */
    public static CostBound of(ThrottleLimits limits) {
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
        return new CostBound(perByte, perRequest);
    }

    /**
     * {@return an upper bound of the cost of a request (ns)}
     *
     * @param bytes length of the request (bytes); 0 or more
     */
    public long nanos(long bytes) {
        return (long) (bytes * nanosPerByte + nanosPerRequest) + SPARE_NANOS;
    }
}
