package dev.weir.throttle.bucket;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;

class BucketPolicyContractTest extends ThrottlePolicyContract {

    @Override
    protected ThrottlePolicyFactory factory() {
        return new BucketPolicyFactory();
    }

    @Override
    protected long allowanceNanos() {
        return 100_000_000;
    }
}
