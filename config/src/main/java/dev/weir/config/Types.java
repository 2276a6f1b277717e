package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Registered factories of backends and policies, by type.
 *
 * @param backends backend factories
 * @param policies policy factories
 */
record Types(Map<String, BlockBackendFactory> backends, Map<String, ThrottlePolicyFactory> policies) {

    /** Copies both maps and sorts them for display. */
    Types {
        backends = Collections.unmodifiableMap(new TreeMap<>(backends));
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }
}
