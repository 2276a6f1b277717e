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
 * @param iopsSize the size (bytes) above which a request counts as several; 0 if each counts as one
 */
public record GroupTerms(long version, boolean isSaved, Rates rate, Rates max, Rates depth, long iopsSize) {
    /** The highest version (exclusive) in messages, so that later versions of it fit into a long. */
    public static final long VERSION_END = 1L << 62;

    /** The longest burst (s) of its limit's rate; {@link ThrottleLimits} refuses longer ones. */
    private static final long MOST_BURST_SECONDS = (1L << 61) / 1_000_000_000L;

    /** Creates terms without a size of requests. */
    public GroupTerms(long version, boolean isSaved, Rates rate, Rates max, Rates depth) {
        this(version, isSaved, rate, max, depth, 0);
    }

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
                Rates.of(key -> depth(limits.max(key), limits.maxLengthSeconds(key))),
                limits.iopsSize());
    }

    private static long depth(long max, long seconds) {
        return max > Long.MAX_VALUE / seconds ? Long.MAX_VALUE : max * seconds;
    }

    /**
     * Returns the terms of the higher version. With equal versions each limit is the lower one of both, the size of
     * requests too, and they are saved if one of both is.
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
                        Rates.of(key -> Math.min(depth.get(key), other.depth.get(key))),
                        lower(iopsSize, other.iopsSize));
    }

    private static long lower(long one, long two) {
        return one == 0 || two == 0 ? Math.max(one, two) : Math.min(one, two);
    }

    /**
     * Returns the terms after a change of some limits. The size of requests goes with the last limit of requests.
     *
     * @param changes the new values by key; 0 removes one
     * @param millis the time of the change (ms since 1970)
     * @throws IllegalArgumentException if the limits after the change have faults
     */
    public GroupTerms changed(Map<String, Long> changes, boolean isToSave, long millis) {
        Map<String, Long> after = limits().toMap();
        changes.forEach((key, value) -> {
            if (value == 0) {
                after.remove(key);
            } else {
                after.put(key, value);
            }
        });
        if (!changes.containsKey(ThrottleLimits.IOPS_SIZE) && !countsRequests(after)) {
            after.remove(ThrottleLimits.IOPS_SIZE);
        }
        return of(Math.max(version + 1, millis), isToSave, ThrottleLimits.of(after));
    }

    private static boolean countsRequests(Map<String, Long> values) {
        return LimitKey.ALL.stream().anyMatch(key -> !key.countsBytes() && values.containsKey(key.key()));
    }

    /**
     * Returns the limits of these terms. The size of requests has no effect without a limit of requests. It has none
     * either if it is too large for a limit of another host.
     */
    public ThrottleLimits limits() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (LimitKey key : LimitKey.ALL) {
            if (rate.get(key) > 0) {
                values.put(key.key(), rate.get(key));
            }
            if (max.get(key) > 0) {
                values.put(key.key() + "_max", max.get(key));
                values.put(key.key() + "_max_length", Math.max(1, depth.get(key) / max.get(key)));
            }
        }
        if (iopsSize > 0 && countsRequests(values)) {
            Map<String, Long> sized = new LinkedHashMap<>(values);
            sized.put(ThrottleLimits.IOPS_SIZE, iopsSize);
            return ThrottleLimits.of(ThrottleLimits.faults(sized).isEmpty() ? sized : values);
        }
        return ThrottleLimits.of(values);
    }

    /** Returns whether {@link #limits} can return the limits of these terms, which may be those of a message. */
    public boolean isValid() {
        return version < VERSION_END
                && iopsSize <= ThrottleLimits.MAX_VALUE
                && LimitKey.ALL.stream().allMatch(key -> isValid(rate.get(key), max.get(key), depth.get(key)));
    }

    private static boolean isValid(long rate, long max, long depth) {
        boolean isBurst = max >= rate && rate > 0 && Math.max(max, depth) / rate <= MOST_BURST_SECONDS;
        return rate <= ThrottleLimits.MAX_VALUE
                && max <= ThrottleLimits.MAX_VALUE
                && (max == 0 ? depth == 0 : isBurst && depth / max <= ThrottleLimits.MAX_VALUE);
    }

    /** Returns whether a limit is set. */
    public boolean limits(LimitKey key) {
        return rate.get(key) > 0;
    }
}
