package dev.weir.throttle;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes policies of one type. A bundle that brings a type of policy registers one of these as a service;
 * while no such service is there, the drives that ask for it hold their queues.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface ThrottlePolicyFactory {

    /** {@return the name by which a configuration asks for this type, for example {@code bucket}} */
    String type();

    /**
     * {@return what this type of policy cannot keep of these limits; empty if it can keep them all}
     *
     * @param limits the limits that it would have to keep
     */
    default List<LimitFault> faults(ThrottleLimits limits) {
        return List.of();
    }

    /**
     * {@return a policy for one drive or group}
     *
     * @param owed what the policy before it was owed; {@link ThrottleDebt#NONE} for a new drive
     * @param limits the limits that it would have to keep
     * @param now the time, in nanoseconds of any origin
     * @throws IllegalArgumentException if {@link #faults} finds any
     */
    ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now);
}
