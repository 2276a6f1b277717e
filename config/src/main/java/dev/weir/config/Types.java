package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The types of backends and policies that are here at the moment, by name.
 *
 * @param backends what opens backends
 * @param policies what makes policies
 */
record Types(Map<String, BlockBackendFactory> backends, Map<String, ThrottlePolicyFactory> policies) {

    /** Copies both, in the order in which they are shown. */
    Types {
        backends = Collections.unmodifiableMap(new TreeMap<>(backends));
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }
}
