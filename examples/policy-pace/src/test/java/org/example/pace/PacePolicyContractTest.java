package org.example.pace;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;

/** Holds the policy to the laws that Weir's own are held to: docs/design/policy-contract.md. */
class PacePolicyContractTest extends ThrottlePolicyContract {

    @Override
    protected ThrottlePolicyFactory factory() {
        return new PacePolicyFactory();
    }

    @Override
    protected long allowanceNanos() {
        return PacePolicy.TOLERANCE_NANOS;
    }
}
