package org.example.pace;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;

/** Runs the contract of policies, which Weir's own policies pass too: docs/design/policy-contract.md. */
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
