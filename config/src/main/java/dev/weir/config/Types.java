package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;

/**
 * The types of backends and policies that are here at the moment, by name.
 *
 * @param backends what opens backends
 * @param policies what makes policies
 */
record Types(Map<String, BlockBackendFactory> backends, Map<String, ThrottlePolicyFactory> policies) {}
