package dev.weir.throttle.slice;

import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Creates slice policies. They accept any limits without bursts. Thread-safe. */
@Component
public final class SlicePolicyFactory implements ThrottlePolicyFactory {

    @Override
    public String type() {
        return "slice";
    }

    @Override
    public List<LimitFault> faults(ThrottleLimits limits) {
        return SlicePolicy.burstFaults(limits);
    }

    @Override
    public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
        LimitFault.refuse(faults(limits));
        return new SlicePolicy(limits, owed, now);
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }
}
