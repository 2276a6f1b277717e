package dev.weir.filter.faults;

import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.testkit.block.BlockFilterContract;
import java.util.Map;

class FaultsFilterContractTest extends BlockFilterContract {

    @Override
    protected BlockFilterFactory factory() {
        return new FaultsFilterFactory();
    }

    @Override
    protected Map<String, Object> options() {
        return Map.of("faults", "slow latency=1ms");
    }

    @Override
    protected Map<String, Object> badOptions() {
        return Map.of("faults", "slow latency=2 miles");
    }

    /** The device of the contract keeps the pages of a trimmed range. */
    @Override
    protected boolean tellsHoles() {
        return false;
    }
}
