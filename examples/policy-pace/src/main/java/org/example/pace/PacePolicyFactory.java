package org.example.pace;

import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The service that creates policies for {@code policy = pace}. Thread-safe. */
@Component
public final class PacePolicyFactory implements ThrottlePolicyFactory {

    @Override
    public String type() {
        return "pace";
    }

    @Override
    public List<LimitFault> faults(ThrottleLimits limits) {
        return PacePolicy.burstFaults(limits);
    }

    @Override
    public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
        LimitFault.refuse(faults(limits));
        return new PacePolicy(limits, owed, now);
    }

    @Override
    public boolean returnsAtOnce() {
        return true;
    }
}
