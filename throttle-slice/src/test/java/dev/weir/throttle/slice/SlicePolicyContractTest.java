package dev.weir.throttle.slice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;
import org.junit.jupiter.api.Test;

class SlicePolicyContractTest extends ThrottlePolicyContract {

    @Override
    protected ThrottlePolicyFactory factory() {
        return new SlicePolicyFactory();
    }

    @Override
    protected long allowanceNanos() {
        return 2 * Slices.SLICE_NANOS;
    }

    @Override
    protected long granularityNanos() {
        return Slices.SLICE_NANOS;
    }

    @Test
    void clientsCallItOnTheirOwnThreads() {
        assertTrue(factory().returnsAtOnce());
    }
}
