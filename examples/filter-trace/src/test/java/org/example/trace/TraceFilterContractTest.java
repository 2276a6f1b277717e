package org.example.trace;

import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.testkit.block.BlockFilterContract;
import java.util.Map;

class TraceFilterContractTest extends BlockFilterContract {

    @Override
    protected BlockFilterFactory factory() {
        return new TraceFilterFactory();
    }

    @Override
    protected Map<String, Object> options() {
        return Map.of("slower-than", 1_000_000L);
    }

    @Override
    protected Map<String, Object> badOptions() {
        return Map.of("slower-than", 0L);
    }

    /** The device of the contract keeps the pages of a trimmed range. */
    @Override
    protected boolean tellsHoles() {
        return false;
    }
}
