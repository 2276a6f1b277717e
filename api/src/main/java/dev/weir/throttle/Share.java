package dev.weir.throttle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The share of a drive or group in the limits of the group above it. Members that wait for a limit first receive their
 * guaranteed minima. The weights then divide the rest. {@code GroupNode} of the engine applies it each time that the
 * group releases a request.
 *
 * <p>Immutable.
 *
 * @param weight the part of the rest relative to the weights of the other waiting members; 1 to {@value #MAX_WEIGHT}
 * @param minBps the least bytes per second while the member has enough requests; 0 for no minimum
 * @param minIops the least requests per second, counted like the limits of the group above; 0 for no minimum
 */
public record Share(int weight, long minBps, long minIops) {

    /** The largest weight. */
    public static final int MAX_WEIGHT = 1_000;

    /** Weight 1 and no minimum. */
    public static final Share DEFAULT = new Share(1, 0, 0);

    /** The key of {@link #weight}. */
    public static final String WEIGHT = "weight";

    /** The key of {@link #minBps}. */
    public static final String MIN_BPS = "min.bps";

    /** The key of {@link #minIops}. */
    public static final String MIN_IOPS = "min.iops";

    /**
     * Checks the ranges.
     *
     * @param weight the weight
     * @param minBps the minimum in bytes per second
     * @param minIops the minimum in requests per second
     * @throws IllegalArgumentException if a value is out of range; the message lists all faults
     */
    public Share {
        LimitFault.refuse(faults(Map.of(WEIGHT, (long) weight, MIN_BPS, minBps, MIN_IOPS, minIops)));
    }

    /**
     * {@return a share with these values}
     *
     * @param values values by key; an absent key has its default
     * @throws IllegalArgumentException if {@link #faults} is not empty; the message lists all faults
     */
    public static Share of(Map<String, Long> values) {
        LimitFault.refuse(faults(values));
        return new Share(
                values.getOrDefault(WEIGHT, 1L).intValue(),
                values.getOrDefault(MIN_BPS, 0L),
                values.getOrDefault(MIN_IOPS, 0L));
    }

    /**
     * {@return the faults of these values; may be empty}
     *
     * @param values values by key
     */
    public static List<LimitFault> faults(Map<String, Long> values) {
        List<LimitFault> faults = new ArrayList<>();
        values.forEach((key, value) -> {
            boolean isMinimum = key.equals(MIN_BPS) || key.equals(MIN_IOPS);
            if (!isMinimum && !key.equals(WEIGHT)) {
                faults.add(new LimitFault(key, value, "is not part of a share"));
            } else if (!isMinimum && (value < 1 || value > MAX_WEIGHT)) {
                faults.add(new LimitFault(key, value, "must be from 1 to " + MAX_WEIGHT));
            } else if (isMinimum && value < 0) {
                faults.add(new LimitFault(key, value, "must be 0 (no minimum) or more"));
            } else if (isMinimum && value > ThrottleLimits.MAX_VALUE) {
                faults.add(new LimitFault(key, value, "must be at most " + ThrottleLimits.MAX_VALUE));
            }
        });
        return faults;
    }

    /** {@return whether the member has a minimum} */
    public boolean hasMinimum() {
        return minBps > 0 || minIops > 0;
    }

    /**
     * {@return the minimum in the unit of a limit; 0 for no minimum}
     *
     * @param limit one of the six
     */
    public long minimum(LimitKey limit) {
        return limit.countsBytes() ? minBps : minIops;
    }

    /** {@return the values by key that differ from the default} */
    public Map<String, Long> toMap() {
        Map<String, Long> values = new LinkedHashMap<>();
        if (weight != 1) {
            values.put(WEIGHT, (long) weight);
        }
        if (minBps > 0) {
            values.put(MIN_BPS, minBps);
        }
        if (minIops > 0) {
            values.put(MIN_IOPS, minIops);
        }
        return values;
    }
}
