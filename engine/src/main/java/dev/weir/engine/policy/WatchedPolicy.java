package dev.weir.engine.policy;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A policy under {@link PolicyWatch}. Throws if a call had to be interrupted or returned null.
 *
 * <p>Guarded by the lock of the {@code ThrottleDomain}.
 */
final class WatchedPolicy implements ThrottlePolicy {
    private final PolicySlot slot;
    private final ThrottlePolicy policy;

    private WatchedPolicy(PolicySlot slot, ThrottlePolicy policy) {
        this.slot = slot;
        this.policy = policy;
    }

    static WatchedPolicy create(
            PolicySlot slot, ThrottlePolicyFactory factory, ThrottleLimits limits, ThrottleDebt owed, long now) {
        boolean late;
        ThrottlePolicy created;
        PolicyWatch.enter(slot);
        try {
            created = factory.create(limits, owed, now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
        return new WatchedPolicy(slot, Objects.requireNonNull(created, "its factory made none"));
    }

    private static void refuse(boolean late) {
        if (late) {
            throw new IllegalStateException("it blocked for more than a second");
        }
    }

    @Override
    public long waitNanos(Direction direction, long bytes, long now) {
        boolean late;
        long wait;
        PolicyWatch.enter(slot);
        try {
            wait = policy.waitNanos(direction, bytes, now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
        return wait;
    }

    @Override
    public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
        boolean late;
        long wait;
        PolicyWatch.enter(slot);
        try {
            wait = policy.waitNanos(limit, direction, bytes, now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
        return wait;
    }

    @Override
    public void charge(Direction direction, long bytes, long now) {
        boolean late;
        PolicyWatch.enter(slot);
        try {
            policy.charge(direction, bytes, now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
    }

    @Override
    public void reconfigure(ThrottleLimits limits, long now) {
        boolean late;
        PolicyWatch.enter(slot);
        try {
            policy.reconfigure(limits, now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
    }

    @Override
    public ThrottleDebt debt(long now) {
        boolean late;
        ThrottleDebt debt;
        PolicyWatch.enter(slot);
        try {
            debt = policy.debt(now);
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
        return Objects.requireNonNull(debt, "it answered no debt");
    }

    @Override
    public @Nullable ThrottlePolicy copy() {
        boolean late;
        ThrottlePolicy copy;
        PolicyWatch.enter(slot);
        try {
            copy = policy.copy();
        } finally {
            late = PolicyWatch.exit();
        }
        refuse(late);
        return copy == null ? null : new WatchedPolicy(slot, copy);
    }
}
