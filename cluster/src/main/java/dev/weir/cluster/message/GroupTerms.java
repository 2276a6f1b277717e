package dev.weir.cluster.message;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The limits of a group for all hosts together.
 *
 * @param version rises with each change for the whole cluster; 0 for the limits of the configuration. It is at least
 *     the time of the change (ms since 1970), so the later one of two changes on both sides of a partition is the
 *     higher one
 * @param isSaved whether each host saves the limits
 * @param rate the rates; 0 for no limit
 * @param max the rates during a burst; 0 without a burst
 * @param depth the amount of a burst: {@code max} times its length; 0 without a burst
 */
public record GroupTerms(long version, boolean isSaved, Rates rate, Rates max, Rates depth) {

    /** Returns the terms of limits that hosts do not save. */
    public static GroupTerms of(long version, ThrottleLimits limits) {
        return of(version, false, limits);
    }

    /** Returns the terms of limits. */
    public static GroupTerms of(long version, boolean isSaved, ThrottleLimits limits) {
        return new GroupTerms(
                version,
                isSaved,
                Rates.of(limits),
                Rates.of(limits::max),
                Rates.of(key -> depth(limits.max(key), limits.maxLengthSeconds(key))));
    }

    private static long depth(long max, long seconds) {
        return max > Long.MAX_VALUE / seconds ? Long.MAX_VALUE : max * seconds;
    }

    /**
     * Returns the terms of the higher version. With equal versions each limit is the lower one of both, and it is saved
     * if one of both is.
     */
    public GroupTerms lower(GroupTerms other) {
        if (version != other.version) {
            return version > other.version ? this : other;
        }
        return equals(other)
                ? this
                : new GroupTerms(
                        version,
                        isSaved || other.isSaved,
                        Rates.of(key -> lower(rate.get(key), other.rate.get(key))),
                        Rates.of(key -> Math.min(max.get(key), other.max.get(key))),
                        Rates.of(key -> Math.min(depth.get(key), other.depth.get(key))));
    }

    private static long lower(long one, long two) {
        return one == 0 || two == 0 ? Math.max(one, two) : Math.min(one, two);
    }

    /**
     * Returns the terms after a change of some limits.
     *
     * @param changes the new values by key; 0 removes one. The size of a request does not count: hosts keep their own
     * @param millis the time of the change (ms since 1970)
     * @throws IllegalArgumentException if the limits after the change have faults
     */
    public GroupTerms changed(Map<String, Long> changes, boolean isToSave, long millis) {
        Map<String, Long> values = limits(0).toMap();
        changes.forEach((key, value) -> {
            if (value == 0) {
                values.remove(key);
            } else if (!key.equals(ThrottleLimits.IOPS_SIZE)) {
                values.put(key, value);
            }
        });
        return of(Math.max(version + 1, millis), isToSave, ThrottleLimits.of(values));
    }

    /**
     * Returns the limits of these terms.
     *
     * @param iopsSize the bytes above which a request counts as several; 0 if each counts as one. It has no effect
     *     without a limit of requests
     */
    public ThrottleLimits limits(long iopsSize) {
        Map<String, Long> values = new LinkedHashMap<>();
        boolean countsRequests = false;
        for (LimitKey key : LimitKey.ALL) {
            if (rate.get(key) > 0) {
                values.put(key.key(), rate.get(key));
                countsRequests |= !key.countsBytes();
            }
            if (max.get(key) > 0) {
                values.put(key.key() + "_max", max.get(key));
                values.put(key.key() + "_max_length", Math.max(1, depth.get(key) / max.get(key)));
            }
        }
        if (countsRequests) {
            values.put(ThrottleLimits.IOPS_SIZE, iopsSize);
        }
        return ThrottleLimits.of(values);
    }

    /** Returns whether a limit is set. */
    public boolean limits(LimitKey key) {
        return rate.get(key) > 0;
    }
}
