package dev.weir.throttle.arithmetic;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;

/**
 * The longest that any of some limits takes to pay for a request: quick to ask, and too long rather than too short, up
 * to {@value #EXACT_NANOS} nanoseconds, which are 26 days. Bursts are paid for faster. With it, a policy sees that a
 * request is far from every limit without looking at each.
 *
 * <p>Immutable.
 *
 * @param nanosPerByte of the slowest limit that counts bytes, or long requests as several
 * @param nanosPerRequest of the slowest limit that counts requests
 */
public record CostBound(double nanosPerByte, double nanosPerRequest) {

    /** Of no limits at all. */
    public static final CostBound NONE = new CostBound(0, 0);

    /** Up to here a double has a quarter of a nanosecond. */
    static final long EXACT_NANOS = 1L << 51;

    /** What rounding may take away. */
    private static final int SPARE_NANOS = 2;

    /**
     * {@return the bound of these limits}
     *
     * @param limits the limits that are to pay
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
     * {@return how long a request takes to be paid for at most, in nanoseconds}
     *
     * @param bytes the length of the request, 1 or more
     */
    public long nanos(long bytes) {
        return (long) (bytes * nanosPerByte + nanosPerRequest) + SPARE_NANOS;
    }
}
