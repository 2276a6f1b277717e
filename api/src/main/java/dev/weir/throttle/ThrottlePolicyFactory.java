package dev.weir.throttle;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Creates policies of one type. The bundle of a policy registers a factory as a service of this interface; the package
 * has an example. Without the service the drives that name its type hold their queues.
 *
 * <p>A policy has no options. A drive names only the type. A parameter belongs to the configuration of the
 * component and then holds for all drives, or each value is a factory with a type such as {@code pace-slow}.
 *
 * <p>Thread-safe. A call that throws, answers null or takes more than a second has failed. A drive whose policy could
 * not be created holds its queue until another factory provides the type, or until its limits or policy are set again.
 */
@ConsumerType
public interface ThrottlePolicyFactory {

    /**
     * {@return the type as a configuration names it, for example {@code bucket}; pattern [a-z][a-z0-9-]*} Constant. A
     * factory that fails to answer at its registration is not used.
     */
    String type();

    /**
     * {@return the limits that this type of policy cannot enforce; empty if it can enforce all} A policy must enforce
     * each of the six limits and {@code iops_size}. It may refuse bursts: each limit whose {@link ThrottleLimits#max}
     * is not 0. The fault names the key of the burst such as {@code bps_max}. The default refuses nothing.
     *
     * @param limits the limits
     */
    default List<LimitFault> faults(ThrottleLimits limits) {
        return List.of();
    }

    /**
     * {@return a policy for one drive or group, or for the cap of a drive's flushes} A cap is the limit {@code iops};
     * each flush is a write of 0 bytes.
     *
     * @param limits the limits to enforce, at the current size; may be {@link ThrottleLimits#NONE}
     * @param owed the debt of the previous policy under these limits; {@link ThrottleDebt#NONE} for a new drive. A
     *     policy without bursts may drop the {@linkplain ThrottleDebt#forgivenNanos forgiven} part of the debt. The
     *     engine then keeps that part for the next policy. While it does, a change of limits creates a new policy and
     *     {@code reconfigure} is not called.
     * @param now the time (ns) with any origin
     * @throws IllegalArgumentException if {@link #faults} is not empty for the limits
     */
    ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now);

    /**
     * {@return whether every call of this factory and of its policies returns at once, as arithmetic does; false by
     * default} At once is microseconds, without I/O and without a lock that another thread may hold for longer. The
     * engine makes such calls on the threads that serve clients. A call that breaks the promise stops such a thread.
     * The engine makes all other calls on a separate thread, which takes 5 to 15 µs more. There a call that never
     * returns holds its drive and no other one.
     */
    default boolean returnsAtOnce() {
        return false;
    }
}
