package dev.weir.junit;

import dev.weir.backend.file.FileBackendFactory;
import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.List;

/** Checks words of a description at once, so that a mistake shows where it is made. */
final class Described {
    private static final List<ThrottlePolicyFactory> POLICIES =
            List.of(new BucketPolicyFactory(), new SlicePolicyFactory());

    private Described() {}

    /** Returns an engine with all backends and policies that a description can name. */
    static EmbeddedEngine engine() {
        EmbeddedEngine engine = new EmbeddedEngine();
        engine.add(new MemoryBackendFactory());
        engine.add(new FileBackendFactory());
        POLICIES.forEach(engine::add);
        return engine;
    }

    /**
     * Returns the key of a limit.
     *
     * @throws IllegalArgumentException if there is no such limit
     */
    static String key(String key) {
        if (!ThrottleLimits.keys().contains(key)) {
            throw new IllegalArgumentException(key + ": is not a limit; there are " + ThrottleLimits.keys());
        }
        return key;
    }

    /**
     * Returns the type of a policy.
     *
     * @throws IllegalArgumentException if there is no such policy
     */
    static String policy(String type) {
        List<String> types = POLICIES.stream().map(ThrottlePolicyFactory::type).toList();
        if (!types.contains(type)) {
            throw new IllegalArgumentException("policy = " + type + ": is not a policy; there are " + types);
        }
        return type;
    }
}
