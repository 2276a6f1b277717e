package dev.weir.filter.faults;

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
}
