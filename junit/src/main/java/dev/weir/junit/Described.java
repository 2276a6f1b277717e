package dev.weir.junit;

import dev.weir.backend.file.FileBackendFactory;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.filter.faults.FaultsFilterFactory;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.List;
import java.util.Map;

/** Checks names in the description of a drive at once, so that the error appears at the faulty call. */
final class Described {
    private static final List<ThrottlePolicyFactory> POLICIES =
            List.of(new BucketPolicyFactory(), new SlicePolicyFactory());

    private Described() {}

    /** Returns an engine with all backends and policies that a description can name. */
    static EmbeddedEngine engine() {
        EmbeddedEngine engine = new EmbeddedEngine();
        engine.add(new MemoryBackendFactory());
        engine.add(new FileBackendFactory());
        engine.add(new FaultsFilterFactory());
        POLICIES.forEach(engine::add);
        return engine;
    }

    /**
     * Returns the key of a limit.
     *
     * @throws IllegalArgumentException if the limit does not exist
     */
    static String key(String key) {
        if (!ThrottleLimits.keys().contains(key)) {
            throw new IllegalArgumentException(key + ": is not a limit; choose one of " + ThrottleLimits.keys());
        }
        return key;
    }

    /**
     * Returns the type of a policy.
     *
     * @throws IllegalArgumentException if the policy does not exist
     */
    static String policy(String type) {
        List<String> types = POLICIES.stream().map(ThrottlePolicyFactory::type).toList();
        if (!types.contains(type)) {
            throw new IllegalArgumentException("policy = " + type + ": is not a policy; choose one of " + types);
        }
        return type;
    }

    /**
     * Adds a value to a share in the limits of a group.
     *
     * @throws IllegalArgumentException if the key does not exist or the value is out of range
     */
    static void share(Map<String, Long> share, String key, long value) {
        LimitFault.refuse(Share.faults(Map.of(key, value)));
        share.put(key, value);
    }
}
