package dev.weir.config;

import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Registered factories of backends, filters and policies, by type.
 *
 * @param backends factories of blocking backends and of asynchronous devices
 * @param filters filter factories
 * @param policies policy factories
 */
record Types(
        Map<String, BlockFactory> backends,
        Map<String, BlockFilterFactory> filters,
        Map<String, ThrottlePolicyFactory> policies) {

    /** Copies the maps and sorts them for display. */
    Types {
        backends = Collections.unmodifiableMap(new TreeMap<>(backends));
        filters = Collections.unmodifiableMap(new TreeMap<>(filters));
        policies = Collections.unmodifiableMap(new TreeMap<>(policies));
    }
}
