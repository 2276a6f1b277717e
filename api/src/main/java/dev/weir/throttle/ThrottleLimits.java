package dev.weir.throttle;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The limits of a drive or a group: the six {@linkplain LimitKey limits} with their bursts and {@link #IOPS_SIZE}.
 * Rates are in bytes or requests per second.
 *
 * <p>The limits {@code bps} and {@code iops} may scale with the size of the drive, or of all drives of the group. The
 * key itself is then the ceiling. {@link #rate} and {@link #max} give the values at the size of {@link #atSize}, and
 * {@link #toMap} the values as set. Without a size they are those of the smallest drive.
 *
 * <p>Immutable.
 */
public final class ThrottleLimits {

    /** The largest value of any key. */
    public static final long MAX_VALUE = 1_000_000_000_000_000L;

    /** The key of the size (bytes) above which a request counts as several. */
    public static final String IOPS_SIZE = "iops_size";

    /** The largest burst, in seconds of its key's rate: 2^61 ns, so that the sum of two fits into a long. */
    private static final BigInteger MAX_BURST_SECONDS = BigInteger.valueOf((1L << 61) / 1_000_000_000L);

    /**
     * The highest metered rate: the remainder of a nanosecond plus the nanoseconds of one request fit into a long.
     */
    private static final long MAX_UNITS_PER_SECOND = 4_000_000_000_000_000_000L;

    private static final int SMALL_REQUEST_BYTES = 4096;
    private static final String MAX = "_max";
    private static final String MAX_LENGTH = "_max_length";
    private static final String PER_GIB = "_per_gib";
    private static final String FLOOR = "_floor";
    private static final BigInteger GIB = BigInteger.ONE.shiftLeft(30);
    private static final Set<String> KEYS = keyNames();

    /** No limits. */
    public static final ThrottleLimits NONE = new ThrottleLimits(Map.of(), Map.of(), 0);

    /** The values as set, in display order. */
    private final Map<String, Long> values;

    /** The bursts and the {@link #IOPS_SIZE} of limits that {@link #changed} removed; 0 for none. */
    private final Map<String, Long> lifted;

    private final long[] rates = new long[LimitKey.ALL.size()];
    private final long[] maxima = new long[LimitKey.ALL.size()];
    private final long[] maxLengths = new long[LimitKey.ALL.size()];
    private final long iopsSize;
    private final boolean empty;

    private ThrottleLimits(Map<String, Long> set, Map<String, Long> lifted, long sizeBytes) {
        values = ordered(set);
        this.lifted = Map.copyOf(lifted);
        iopsSize = set.getOrDefault(IOPS_SIZE, 0L);
        for (LimitKey limit : LimitKey.ALL) {
            long rate = rateAt(limit, sizeBytes);
            long max = set.getOrDefault(limit.key() + MAX, 0L);
            // a large drive may have more than its burst all the time
            boolean isBurst = !isScaled(limit) || max > rate;
            rates[limit.ordinal()] = rate;
            maxima[limit.ordinal()] = isBurst ? max : 0;
            maxLengths[limit.ordinal()] = isBurst ? set.getOrDefault(limit.key() + MAX_LENGTH, 1L) : 1;
        }
        empty = Arrays.stream(rates).allMatch(rate -> rate == 0);
    }

    private static Map<String, Long> ordered(Map<String, Long> set) {
        Map<String, Long> ordered = new LinkedHashMap<>();
        for (String key : KEYS) {
            put(ordered, key, set.getOrDefault(key, 0L), key.endsWith(MAX_LENGTH) ? 1 : 0);
        }
        ordered.values().removeIf(value -> value == 0);
        return Collections.unmodifiableMap(ordered);
    }

    /** Returns the rate of a limit at a size. A scaled limit never becomes 0, which would mean no limit. */
    private long rateAt(LimitKey limit, long sizeBytes) {
        long ceiling = values.getOrDefault(limit.key(), 0L);
        long perGib = values.getOrDefault(limit.key() + PER_GIB, 0L);
        if (perGib == 0) {
            return ceiling;
        }
        long highest = ceiling > 0 ? ceiling : MAX_VALUE;
        if (!limit.countsBytes() && iopsSize > 0) {
            highest = Math.min(highest, MAX_UNITS_PER_SECOND / iopsSize);
        }
        // a sum of sizes that exceeds a long is negative
        long size = sizeBytes < 0 ? Long.MAX_VALUE : sizeBytes;
        BigInteger scaled =
                BigInteger.valueOf(size).multiply(BigInteger.valueOf(perGib)).divide(GIB);
        long least = Math.max(1, values.getOrDefault(limit.key() + FLOOR, 0L));
        return Math.min(
                highest,
                scaled.max(BigInteger.valueOf(least))
                        .min(BigInteger.valueOf(highest))
                        .longValue());
    }

    /**
     * {@return these limits at a size}
     *
     * @param sizeBytes the size of the drive, or the sum of the sizes of the group's drives (bytes)
     */
    public ThrottleLimits atSize(long sizeBytes) {
        return LimitKey.ALL.stream().anyMatch(this::isScaled) ? new ThrottleLimits(values, lifted, sizeBytes) : this;
    }

    /**
     * {@return whether a limit scales with the size}
     *
     * @param limit one of the six
     */
    public boolean isScaled(LimitKey limit) {
        return values.containsKey(limit.key() + PER_GIB);
    }

    /**
     * {@return all keys in display order: the six limits, their bursts and {@link #IOPS_SIZE}} The keys of a burst are
     * the limit's key with {@code _max} (its rate) and {@code _max_length} (its seconds). Those of a limit that scales
     * are {@code bps} or {@code iops} with {@code _per_gib} (the rate for each GiB) and {@code _floor} (the least
     * rate).
     */
    public static Set<String> keys() {
        return KEYS;
    }

    /**
     * {@return limits with these values}
     *
     * @param values values by key, from {@link #keys()}; absent or 0 means no limit
     * @throws IllegalArgumentException if {@link #faults} is not empty; the message lists all faults
     */
    public static ThrottleLimits of(Map<String, Long> values) {
        LimitFault.refuse(faults(values));
        return new ThrottleLimits(values, Map.of(), 0);
    }

    /**
     * {@return these limits after a change of some values} A value of 0 removes a limit with its burst. A limit that
     * is set again has the burst that it had when a change removed it. If no change removed it, the limit has the
     * burst of {@code configured}. {@link #IOPS_SIZE} goes and returns with the limits of requests.
     *
     * @param settings the new values by key, from {@link #keys()}
     * @param configured the limits of the configuration
     * @throws IllegalArgumentException if the result has {@link #faults}; the message lists all faults
     */
    public ThrottleLimits changed(Map<String, Long> settings, ThrottleLimits configured) {
        LimitEdit edit = new LimitEdit(values, lifted);
        edit.apply(settings, configured.values);
        LimitFault.refuse(faults(edit.values));
        return new ThrottleLimits(edit.values, edit.lifted, 0);
    }

    /**
     * {@return the faults of these values, in the order of {@link #keys()}; may be empty}
     *
     * @param values values by key, from {@link #keys()}
     */
    public static List<LimitFault> faults(Map<String, Long> values) {
        List<LimitFault> faults = new ArrayList<>();
        values.forEach((key, value) -> {
            if (!KEYS.contains(key)) {
                faults.add(new LimitFault(key, value, "is not a limit"));
            }
        });
        Set<String> inRange = new LinkedHashSet<>();
        for (String key : KEYS) {
            long value = values.getOrDefault(key, 0L);
            if (value < 0) {
                faults.add(new LimitFault(key, value, "must be 0 (no limit) or more"));
            } else if (value > MAX_VALUE) {
                faults.add(new LimitFault(key, value, "must be at most " + MAX_VALUE));
            } else {
                inRange.add(key);
            }
        }
        for (LimitKey limit : LimitKey.ALL) {
            if (inRange.containsAll(keysOf(limit))) {
                addScaleFaults(limit.key(), values, faults);
                addBurstFaults(limit.key(), values, faults);
            }
        }
        if (inRange.contains(IOPS_SIZE)) {
            addIopsSizeFaults(values, faults);
        }
        return faults;
    }

    private static void addScaleFaults(String key, Map<String, Long> values, List<LimitFault> faults) {
        long ceiling = values.getOrDefault(key, 0L);
        long floor = values.getOrDefault(key + FLOOR, 0L);
        if (floor > 0 && values.getOrDefault(key + PER_GIB, 0L) == 0) {
            faults.add(new LimitFault(key + FLOOR, floor, "needs " + key + PER_GIB + " beside it"));
        } else if (ceiling > 0 && floor > ceiling) {
            faults.add(new LimitFault(key + FLOOR, floor, "must not be above " + key + " = " + ceiling));
        }
    }

    private static void addBurstFaults(String key, Map<String, Long> values, List<LimitFault> faults) {
        boolean isScaled = values.getOrDefault(key + PER_GIB, 0L) > 0;
        long floor = values.getOrDefault(key + FLOOR, 0L);
        long rate = isScaled ? Math.max(1, floor) : values.getOrDefault(key, 0L);
        String rateKey = isScaled ? key + FLOOR : key;
        long max = values.getOrDefault(key + MAX, 0L);
        boolean hasLength = values.containsKey(key + MAX_LENGTH);
        long length = values.getOrDefault(key + MAX_LENGTH, 1L);
        if (max > 0 && rate == 0) {
            faults.add(new LimitFault(key + MAX, max, "needs " + key + " beside it"));
        } else if (max > 0 && max < rate) {
            faults.add(new LimitFault(key + MAX, max, "must not be below " + rateKey + " = " + rate));
        }
        if (hasLength && max == 0) {
            faults.add(new LimitFault(key + MAX_LENGTH, length, "needs " + key + MAX + " beside it"));
        } else if (hasLength && length < 1) {
            faults.add(new LimitFault(key + MAX_LENGTH, length, "must be 1 second or more"));
        } else if (max > 0 && rate > 0 && burstSeconds(rate, max, length).compareTo(MAX_BURST_SECONDS) > 0) {
            faults.add(new LimitFault(
                    key + MAX, max, "for " + length + " s holds more than 73 years of " + rateKey + " = " + rate));
        }
    }

    private static void addIopsSizeFaults(Map<String, Long> values, List<LimitFault> faults) {
        long size = values.getOrDefault(IOPS_SIZE, 0L);
        if (size == 0) {
            return;
        }
        boolean counted = false;
        for (LimitKey limit : LimitKey.ALL) {
            long highest = Math.max(values.getOrDefault(limit.key(), 0L), values.getOrDefault(limit.key() + MAX, 0L));
            counted |= !limit.countsBytes() && values.getOrDefault(limit.key() + PER_GIB, 0L) > 0;
            if (limit.countsBytes() || highest <= 0) {
                continue;
            }
            counted = true;
            if (highest > MAX_UNITS_PER_SECOND / size) {
                faults.add(new LimitFault(
                        IOPS_SIZE, size, "times " + limit.key() + " must be at most " + MAX_UNITS_PER_SECOND));
            }
        }
        if (!counted) {
            faults.add(new LimitFault(IOPS_SIZE, size, "needs iops, iops_rd or iops_wr beside it"));
        }
    }

    private static BigInteger burstSeconds(long rate, long max, long length) {
        return BigInteger.valueOf(max).multiply(BigInteger.valueOf(length)).divide(BigInteger.valueOf(rate));
    }

    private static Set<String> keyNames() {
        Set<String> keys = new LinkedHashSet<>();
        LimitKey.ALL.forEach(limit -> keys.addAll(keysOf(limit)));
        keys.add(IOPS_SIZE);
        return Collections.unmodifiableSet(keys);
    }

    /** Returns the keys of one of the six limits. */
    private static List<String> keysOf(LimitKey limit) {
        String key = limit.key();
        return limit.direction() == null
                ? List.of(key, key + MAX, key + MAX_LENGTH, key + PER_GIB, key + FLOOR)
                : List.of(key, key + MAX, key + MAX_LENGTH);
    }

    /** {@return whether no limit is set} */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * {@return the rate of a limit in its units per second; 0 if the limit is not set}
     *
     * @param limit one of the six
     */
    public long rate(LimitKey limit) {
        return rates[limit.ordinal()];
    }

    /**
     * {@return the burst rate of a limit in its units per second; 0 without a burst}
     *
     * @param limit one of the six
     */
    public long max(LimitKey limit) {
        return maxima[limit.ordinal()];
    }

    /**
     * {@return the longest burst (s) at {@link #max}; default 1}
     *
     * @param limit one of the six
     */
    public long maxLengthSeconds(LimitKey limit) {
        return maxLengths[limit.ordinal()];
    }

    /**
     * {@return the size (bytes) above which a request counts as length ÷ size requests; 0 if every request counts as
     * one} Fractions of a request count.
     */
    public long iopsSize() {
        return iopsSize;
    }

    /**
     * {@return the cost of a request under a limit in metered units} Under a limit of bytes these are bytes. Under a
     * limit of requests each request costs 1 unit if {@link #iopsSize()} is 0. Otherwise a request is worth {@code
     * iopsSize} units, and a longer one its bytes, because a fraction of a request is then a whole number.
     *
     * @param limit one of the six
     * @param bytes length of the request (bytes); 0 or more
     */
    public long meteredUnits(LimitKey limit, long bytes) {
        if (limit.countsBytes()) {
            return bytes;
        }
        return iopsSize == 0 ? 1 : Math.max(bytes, iopsSize);
    }

    /**
     * {@return a rate in {@linkplain #meteredUnits metered units} per second}
     *
     * @param limit one of the six
     * @param rate the rate in the limit's own units per second
     */
    public long meteredRate(LimitKey limit, long rate) {
        return limit.countsBytes() || iopsSize == 0 ? rate : rate * iopsSize;
    }

    /**
     * {@return the limits by which a request of 4 KiB takes more than a second} Such limits are allowed but probably
     * a mistake. Each rule is a warning such as {@code makes a request of 4 KiB wait 4 s}.
     */
    public List<LimitFault> longWaits() {
        List<LimitFault> found = new ArrayList<>();
        for (LimitKey limit : LimitKey.ALL) {
            if (rate(limit) == 0 || (isScaled(limit) && !values.containsKey(limit.key() + FLOOR))) {
                continue;
            }
            BigDecimal seconds = BigDecimal.valueOf(meteredUnits(limit, SMALL_REQUEST_BYTES))
                    .divide(BigDecimal.valueOf(meteredRate(limit, rate(limit))), 3, RoundingMode.UP);
            if (seconds.compareTo(BigDecimal.ONE) > 0) {
                String wait = seconds.stripTrailingZeros().toPlainString();
                found.add(new LimitFault(limit.key(), rate(limit), "makes a request of 4 KiB wait " + wait + " s"));
            }
        }
        return found;
    }

    /** {@return the set values by key in the order of {@link #keys()}} */
    public Map<String, Long> toMap() {
        return new LinkedHashMap<>(values);
    }

    private static void put(Map<String, Long> values, String key, long value, long unset) {
        if (value != unset) {
            values.put(key, value);
        }
    }

    /** Returns whether the other limits have the same values as set, and the same at their size. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ThrottleLimits limits
                && values.equals(limits.values)
                && Arrays.equals(rates, limits.rates);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    /** Returns the set values as in a configuration file. */
    @Override
    public String toString() {
        return values.toString();
    }
}
