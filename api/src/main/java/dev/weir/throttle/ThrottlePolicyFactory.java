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

    /** {@return the type as a configuration names it, for example {@code bucket}; pattern [a-z][a-z0-9-]*} */
    String type();

    /**
     * {@return the limits that this type of policy cannot enforce; empty if it can enforce all} A policy must enforce
     * each of the six limits and {@code iops_size}. It may refuse bursts.
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
     * @param owed the debt of the previous policy under these limits; {@link ThrottleDebt#NONE} for a new drive
     * @param now the time (ns) with any origin
     * @throws IllegalArgumentException if {@link #faults} is not empty for the limits
     */
    ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now);

    /**
     * {@return whether every call of this factory and of its policies returns at once, as arithmetic does} The engine
     * makes such calls on the threads that serve clients. A call that breaks the promise stops such a thread. The
     * engine makes all other calls on a separate thread, which takes 5 to 15 µs more. There a call that never returns
     * holds its drive and no other one.
     */
    default boolean returnsAtOnce() {
        return false;
    }
}
