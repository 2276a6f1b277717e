package dev.weir.config;

import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;

/**
 * The factories of backends, filters and policies that are registered now.
 *
 * <p>Thread-safe.
 */
final class RegisteredTypes {

    /** Timeout of a reload for a type whose bundle is being updated. */
    private static final int REPLACEMENT_MILLIS = 1_000;

    private static final int PAUSE_MILLIS = 10;

    /** Factories of blocking backends and of asynchronous devices. */
    final RankedTypes<BlockFactory> backends = new RankedTypes<>();

    final RankedTypes<BlockFilterFactory> filters = new RankedTypes<>();
    final RankedTypes<ThrottlePolicyFactory> policies = new RankedTypes<>();

    private final List<RankedTypes<?>> all = List.of(backends, filters, policies);

    /** Returns the factories that serve the types now. */
    Types now() {
        return new Types(backends.byType(), filters.byType(), policies.byType());
    }

    /**
     * Waits for types that went, because the update of a bundle removes its services for a moment.
     *
     * @return whether a type went since the last call
     */
    boolean awaitReplacements() {
        if (all.stream().noneMatch(RankedTypes::hasGone)) {
            return false;
        }
        try {
            for (int waited = 0; waited < REPLACEMENT_MILLIS && !isComplete(); waited += PAUSE_MILLIS) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(RankedTypes::forgetGone);
        return true;
    }

    private boolean isComplete() {
        return all.stream().allMatch(RankedTypes::isComplete);
    }
}
