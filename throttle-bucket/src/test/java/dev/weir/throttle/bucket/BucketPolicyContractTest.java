package dev.weir.throttle.bucket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;
import org.junit.jupiter.api.Test;

class BucketPolicyContractTest extends ThrottlePolicyContract {

    @Override
    protected ThrottlePolicyFactory factory() {
        return new BucketPolicyFactory();
    }

    @Override
    protected long allowanceNanos() {
        return 100_000_000;
    }

    @Test
    void clientsCallItOnTheirOwnThreads() {
        assertTrue(factory().returnsAtOnce());
    }
}
