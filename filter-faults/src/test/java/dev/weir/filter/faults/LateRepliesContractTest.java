package dev.weir.filter.faults;

import java.util.Map;

/** The contract with a latency after the backend. */
class LateRepliesContractTest extends FaultsFilterContractTest {

    @Override
    protected Map<String, Object> options() {
        return Map.of("faults", "slow latency.min=1us latency.max=2ms when=after");
    }
}
