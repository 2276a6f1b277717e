package dev.weir.throttle.bucket;

import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import org.osgi.service.component.annotations.Component;

/** Creates leaky-bucket policies. Accepts any limits. Thread-safe. */
@Component
public final class BucketPolicyFactory implements ThrottlePolicyFactory {

    @Override
    public String type() {
        return "bucket";
    }

    @Override
    public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
        return new BucketPolicy(limits, owed, now);
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }
}
