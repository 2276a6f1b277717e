package dev.weir.engine;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;

/** Bucket policies that throw on demand. A policy that has thrown must receive no further query. */
final class MoodyPolicies implements ThrottlePolicyFactory {
    private final ThrottlePolicyFactory buckets = new BucketPolicyFactory();

    /** Whether they throw now. */
    boolean throwing;

    /** Whether a policy received a query after it had thrown. */
    boolean askedAgain;

    @Override
    public String type() {
        return "moody";
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }

    private void mayThrow() {
        if (throwing) {
            throw new AssertionError("moody");
        }
    }

    @Override
    public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
        mayThrow();
        ThrottlePolicy bucket = buckets.create(limits, owed, now);
        return new ThrottlePolicy() {
            private boolean threw;

            @Override
            public long waitNanos(LimitKey limit, Direction direction, long bytes, long at) {
                askedAgain |= threw;
                threw |= throwing;
                mayThrow();
                return bucket.waitNanos(limit, direction, bytes, at);
            }

            @Override
            public void charge(Direction direction, long bytes, long at) {
                askedAgain |= threw;
                threw |= throwing;
                mayThrow();
                bucket.charge(direction, bytes, at);
            }

            @Override
            public void reconfigure(ThrottleLimits newLimits, long at) {
                mayThrow();
                bucket.reconfigure(newLimits, at);
            }

            @Override
            public ThrottleDebt debt(long at) {
                mayThrow();
                return bucket.debt(at);
            }
        };
    }
}
