package dev.weir.filter.faults;

import dev.weir.block.Operation;
import java.util.List;
import java.util.Map;

/** The contract with a record of unflushed writes. */
class UnflushedWritesContractTest extends FaultsFilterContractTest {

    @Override
    protected Map<String, Object> options() {
        return Map.of("power-cut", true);
    }

    @Override
    protected Map<String, Object> badOptions() {
        return Map.of("power-cut", true, "power-cut-memory", 1L);
    }

    /** Writes go to the record; a flush waits for them. */
    @Override
    protected List<Operation> passedOn() {
        return List.of(Operation.READ, Operation.CACHE, Operation.BLOCK_STATUS);
    }
}
