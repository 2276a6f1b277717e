package dev.weir.cluster.message;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** An amount for each of the six limits in the unit of the limit. 0 means no limit or no amount. Immutable. */
public final class Rates {
    /** An amount without bound. */
    public static final long UNBOUNDED = Long.MAX_VALUE;

    /** An amount of 0 for each limit. */
    public static final Rates NONE = new Rates(new long[LimitKey.ALL.size()]);

    private final long[] amounts;

    private Rates(long[] amounts) {
        this.amounts = amounts;
    }

    /** Returns the amounts that a function gives. */
    public static Rates of(ToLongFunction<LimitKey> amount) {
        long[] amounts = new long[LimitKey.ALL.size()];
        for (LimitKey limit : LimitKey.ALL) {
            amounts[limit.ordinal()] = amount.applyAsLong(limit);
        }
        return new Rates(amounts);
    }

    /** Returns the rates of limits. */
    public static Rates of(ThrottleLimits limits) {
        return of(limits::rate);
    }

    /** Returns the amount of a limit. */
    public long get(LimitKey limit) {
        return amounts[limit.ordinal()];
    }

    /** Returns the amounts that are not 0. */
    public Map<LimitKey, Long> toMap() {
        Map<LimitKey, Long> map = new EnumMap<>(LimitKey.class);
        for (LimitKey key : LimitKey.ALL) {
            if (get(key) != 0) {
                map.put(key, get(key));
            }
        }
        return map;
    }

    /** Returns whether every amount is 0. */
    public boolean isEmpty() {
        return Arrays.stream(amounts).allMatch(amount -> amount == 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Rates rates && Arrays.equals(amounts, rates.amounts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(amounts);
    }

    @Override
    public String toString() {
        return Arrays.toString(amounts);
    }
}
