package dev.weir.engine.factory;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.policy.IsolatedPolicy;
import dev.weir.log.FailureText;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered factories of policies, and the rules by which a policy and limits fit each other.
 *
 * <p>Not thread-safe: needs the engine's lock.
 */
public final class Policies {

    /** The type of a policy and the limits that it enforces. */
    public record Choice(String policy, ThrottleLimits limits) {
        public static Choice of(DriveSettings settings) {
            return new Choice(settings.policy(), settings.limits());
        }

        public static Choice of(GroupSettings settings) {
            return new Choice(settings.policy(), settings.limits());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);

    private final RankedFactories<ThrottlePolicyFactory> factories = new RankedFactories<>(ThrottlePolicyFactory::type);

    public void add(ThrottlePolicyFactory factory, int ranking) {
        factories.add(factory, ranking);
    }

    public void remove(ThrottlePolicyFactory factory) {
        factories.remove(factory);
    }

    /** Returns the factory that serves a type, or null. */
    public @Nullable ThrottlePolicyFactory get(String type) {
        return factories.get(type);
    }

    /**
     * Returns the factory of a policy type, or null if it is missing. Throws if that policy cannot enforce the
     * limits.
     */
    public @Nullable ThrottlePolicyFactory accepting(String type, ThrottleLimits limits) {
        ThrottlePolicyFactory factory = factories.get(type);
        if (factory != null) {
            LimitFault.refuse(IsolatedPolicy.faults(factory, limits));
        }
        return factory;
    }

    /**
     * Applies new settings and keeps live changes of other keys. If the policy cannot enforce the combination then the
     * settings replace the live changes.
     *
     * @param current the policy and the limits in force
     * @param before those of the settings until now
     * @param after those of the new settings
     */
    public Choice merge(Choice current, Choice before, Choice after) {
        ThrottleLimits limits = merge(current.limits, before.limits, after.limits);
        String type = after.policy.equals(before.policy) ? current.policy : after.policy;
        return accepts(type, limits) ? new Choice(type, limits) : after;
    }

    /** Returns whether a factory has no objection. One that fails to answer has one, as its drives then show. */
    private boolean accepts(String type, ThrottleLimits limits) {
        ThrottlePolicyFactory factory = factories.get(type);
        try {
            return factory == null || IsolatedPolicy.faults(factory, limits).isEmpty();
        } catch (RuntimeException | Error e) {
            LOG.warn("policy {}{} fails to check limits: {}", type, IsolatedPolicy.origin(factory), FailureText.of(e));
            return false;
        }
    }

    /**
     * Returns the current limits with every difference between two configurations applied. Returns the second
     * configuration if the result is invalid.
     */
    public static ThrottleLimits merge(ThrottleLimits current, ThrottleLimits before, ThrottleLimits after) {
        Map<String, Long> limits = new HashMap<>(current.toMap());
        for (String key : ThrottleLimits.keys()) {
            Long value = after.toMap().get(key);
            if (!Objects.equals(value, before.toMap().get(key))) {
                limits.put(key, value == null ? 0L : value);
            }
        }
        try {
            return current.changed(limits, after);
        } catch (IllegalArgumentException e) {
            LOG.debug("the live changes do not fit to the new settings: {}", e.getMessage());
            return after;
        }
    }
}
