package dev.weir.throttle;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Creates policies of one type. The bundle of a policy registers a factory as a service. Without the service the
 * drives that name its type hold their queues.
 *
 * <p>Thread-safe.
 */
@ConsumerType
public interface ThrottlePolicyFactory {

    /** {@return the type as a configuration names it, for example {@code bucket}} */
    String type();

    /**
     * {@return the limits that this type of policy cannot enforce; empty if it can enforce all}
     *
     * @param limits the limits
     */
    default List<LimitFault> faults(ThrottleLimits limits) {
        return List.of();
    }

    /**
     * {@return a policy for one drive or group}
     *
     * @param limits the limits to enforce
     * @param owed the debt of the previous policy; {@link ThrottleDebt#NONE} for a new drive
     * @param now the time (ns) with any origin
     * @throws IllegalArgumentException if {@link #faults} is not empty for the limits
     */
    ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now);

    /**
     * {@return whether every call of this factory and of its policies returns at once, as arithmetic does} The engine
     * makes such calls on the threads that serve clients. It makes all others on a separate thread, which takes 5
     * to 15 µs more. A call that never returns then holds its drive and no other one.
     */
    default boolean returnsAtOnce() {
        return false;
    }
}
