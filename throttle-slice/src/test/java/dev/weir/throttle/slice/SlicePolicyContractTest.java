package dev.weir.throttle.slice;

import dev.weir.testkit.throttle.ThrottlePolicyContract;
import dev.weir.throttle.ThrottlePolicyFactory;

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
}
