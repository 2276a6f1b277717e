package dev.weir.config;

import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Limits that policies have accepted. A change by a command checks the whole configuration, and a question to a factory
 * takes another thread.
 *
 * <p>Thread-safe.
 */
final class AcceptedLimits {
    /** Largest number of limits that are remembered for a factory. */
    private static final int MOST = 20_000;

    private static final Map<ThrottlePolicyFactory, Set<ThrottleLimits>> ACCEPTED = new WeakHashMap<>();

    private AcceptedLimits() {}

    static synchronized boolean contains(ThrottlePolicyFactory factory, ThrottleLimits limits) {
        return ACCEPTED.getOrDefault(factory, Collections.emptySet()).contains(limits);
    }

    static synchronized void add(ThrottlePolicyFactory factory, ThrottleLimits limits) {
        Set<ThrottleLimits> accepted = ACCEPTED.computeIfAbsent(factory, unused -> new HashSet<>());
        if (accepted.size() >= MOST) {
            accepted.clear();
        }
        accepted.add(limits);
    }
}
