package dev.weir.engine;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;

/** Policies that count their charges. */
final class CountedPolicies implements ThrottlePolicyFactory {
    private final String type;
    private final ThrottlePolicyFactory of;
    long charges;

    /**
     * Creates a factory.
     *
     * @param of the factory of the policies that decide
     */
    CountedPolicies(String type, ThrottlePolicyFactory of) {
        this.type = type;
        this.of = of;
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    @Override
    public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
        ThrottlePolicy policy = of.create(limits, owed, now);
        return new ThrottlePolicy() {
            @Override
            public long waitNanos(Direction direction, long bytes, long at) {
                return policy.waitNanos(direction, bytes, at);
            }

            @Override
            public long waitNanos(LimitKey limit, Direction direction, long bytes, long at) {
                return policy.waitNanos(limit, direction, bytes, at);
            }

            @Override
            public void charge(Direction direction, long bytes, long at) {
                charges++;
                policy.charge(direction, bytes, at);
            }

            @Override
            public void reconfigure(ThrottleLimits newLimits, long at) {
                policy.reconfigure(newLimits, at);
            }

            @Override
            public ThrottleDebt debt(long at) {
                return policy.debt(at);
            }
        };
    }
}
