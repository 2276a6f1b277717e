package dev.weir.testkit.throttle;

import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;

/** The policy under test, and random loads for it. */
abstract class PolicyLaws {

    /** The tag of tests that take seconds. Mutation testing excludes them. */
    public static final String LONG = "long";

    static final long SECOND = 1_000_000_000L;
    static final int MAX_REQUEST = 32 << 20;

    /** {@return the factory of the policy} */
    protected abstract ThrottlePolicyFactory factory();

    /**
     * {@return the documented allowance of the policy without a burst, as time at the rate (ns)} A policy may release
     * that much at once beyond its rate and one request.
     */
    protected abstract long allowanceNanos();

    /**
     * {@return the influence (ns) of a request's arrival time on its release} For a policy that divides time into
     * pieces. 0 for a policy that treats all moments alike.
     */
    protected long granularityNanos() {
        return 0;
    }

    /**
     * A random load.
     *
     * @param limits the limits by key
     * @param sizes the lengths of the requests (bytes)
     * @param origin the first time (ns)
     */
    public record Load(Map<String, Long> limits, List<Integer> sizes, long origin) {
        ThrottleLimits throttleLimits() {
            return ThrottleLimits.of(limits);
        }

        Load withoutLimitsButOne() {
            Map.Entry<String, Long> one = limits.entrySet().iterator().next();
            return new Load(Map.of(one.getKey(), one.getValue()), sizes, origin);
        }

        long size(int request) {
            return sizes.get(request % sizes.size());
        }
    }

    ThrottlePolicy policy(ThrottleLimits limits, long now) {
        return factory().create(limits, ThrottleDebt.NONE, now);
    }

    static ThrottleLimits scaled(ThrottleLimits limits, long factor) {
        Map<String, Long> scaled = limits.toMap();
        scaled.replaceAll((key, value) -> Math.min(ThrottleLimits.MAX_VALUE, value * factor));
        return ThrottleLimits.of(scaled);
    }

    @Provide
    Arbitrary<LimitKey> anyKey() {
        return Arbitraries.of(LimitKey.ALL);
    }

    @Provide
    Arbitrary<Load> anyLimit() {
        return load(anyKey().map(List::of));
    }

    @Provide
    Arbitrary<Load> anyTwoLimits() {
        return load(anyKey().list().ofSize(2).uniqueElements());
    }

    private static Arbitrary<Load> load(Arbitrary<List<LimitKey>> keys) {
        Arbitrary<Long> rates = Arbitraries.integers().between(0, 50).flatMap(power -> Arbitraries.longs()
                .between(1, Math.min(1L << power, ThrottleLimits.MAX_VALUE)));
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 25).flatMap(power -> Arbitraries.integers()
                .between(1, 1 << power));
        Arbitrary<Long> origins = Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.of(0L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND));
        return Combinators.combine(
                        keys, rates.list().ofSize(2), sizes.list().ofMinSize(1).ofMaxSize(5), origins)
                .as((chosen, values, sizeList, origin) -> {
                    Map<String, Long> limits = new LinkedHashMap<>();
                    for (int i = 0; i < chosen.size(); i++) {
                        limits.put(chosen.get(i).key(), values.get(i));
                    }
                    return new Load(limits, sizeList, origin);
                });
    }
}
