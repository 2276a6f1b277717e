package dev.weir.engine.policy;

import dev.weir.block.Direction;
import dev.weir.supervision.BoundedCalls;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy that may not return at once. Its calls run on separate threads, so that a call that never returns keeps no
 * event loop, timer thread or lock. Throws if a call takes more than a second or returns null; {@link PolicySlot} then
 * drops the policy. See docs/design/decisions/026.
 *
 * <p>Guarded by the lock of the {@code ThrottleDomain}.
 */
public final class IsolatedPolicy implements ThrottlePolicy {

    /** Timeout of a call (ms). */
    private static final long MILLIS = 1000;

    private final ThrottlePolicyFactory factory;
    private final ThrottlePolicy policy;

    private IsolatedPolicy(ThrottlePolicyFactory factory, ThrottlePolicy policy) {
        this.factory = factory;
        this.policy = policy;
    }

    /** Creates a policy of a factory, isolated if it may not return at once. */
    static ThrottlePolicy create(
            PolicySlot slot, ThrottlePolicyFactory factory, ThrottleLimits limits, ThrottleDebt owed, long now) {
        if (factory.returnsAtOnce()) {
            return WatchedPolicy.create(slot, factory, limits, owed, now);
        }
        ThrottlePolicy created = BoundedCalls.call(factory, MILLIS, () -> factory.create(limits, owed, now));
        return new IsolatedPolicy(factory, Objects.requireNonNull(created, "its factory made none"));
    }

    /**
     * Returns the limits that a factory's policies cannot enforce.
     *
     * @throws IllegalStateException if the factory does not answer within a second
     * @throws NullPointerException if it answers null
     */
    public static List<LimitFault> faults(ThrottlePolicyFactory factory, ThrottleLimits limits) {
        List<LimitFault> faults = factory.returnsAtOnce()
                ? factory.faults(limits)
                : BoundedCalls.call(factory, MILLIS, () -> factory.faults(limits));
        return Objects.requireNonNull(faults, "its factory answered no list of faults");
    }

    /** Returns the class of a factory and its bundle if that is another one, for messages; empty for null. */
    public static String origin(@Nullable ThrottlePolicyFactory factory) {
        if (factory == null) {
            return "";
        }
        Class<?> type = factory.getClass();
        ClassLoader bundle = type.getClassLoader();
        String from = bundle == null || bundle == PolicySlot.class.getClassLoader() ? "" : " of " + bundle;
        return " (" + type.getName() + from + ")";
    }

    @Override
    public long waitNanos(Direction direction, long bytes, long now) {
        return BoundedCalls.call(factory, MILLIS, () -> policy.waitNanos(direction, bytes, now));
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        return BoundedCalls.call(factory, MILLIS, () -> policy.waitNanos(limit, direction, bytes, now));
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        run(() -> policy.charge(direction, bytes, now));
    }

    @Override
    public void reconfigure(ThrottleLimits limits, long now) {
        run(() -> policy.reconfigure(limits, now));
    }

    private void run(Runnable call) {
        BoundedCalls.call(factory, MILLIS, () -> {
            call.run();
            return true;
        });
    }

    @Override
    public ThrottleDebt debt(long now) {
        ThrottleDebt debt = BoundedCalls.call(factory, MILLIS, () -> policy.debt(now));
        return Objects.requireNonNull(debt, "it answered no debt");
    }

    @Override
    public @Nullable ThrottlePolicy copy() {
        Optional<ThrottlePolicy> copy = BoundedCalls.call(factory, MILLIS, () -> Optional.ofNullable(policy.copy()));
        return copy.isEmpty() ? null : new IsolatedPolicy(factory, copy.get());
    }
}
