package dev.weir.engine;

import dev.weir.clock.Clock;
import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of one drive or group and the policy that keeps them, which may be missing. Without limits
 * everything may go; with limits and no policy nothing may. What is owed outlives the policy.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
final class PolicySlot {

    /** What a request waits while nobody can say how long. */
    static final long UNKNOWN_NANOS = Long.MAX_VALUE;

    private static final Logger log = LoggerFactory.getLogger(PolicySlot.class);

    /** For messages: {@code drive vm1} or {@code group tenant-a}. */
    private final String owner;

    private String type;
    private ThrottleLimits limits;
    private @Nullable ThrottlePolicyFactory factory;
    private @Nullable ThrottlePolicy policy;

    /** What was owed at {@link #owedSince}, while there is no policy. */
    private ThrottleDebt owed = ThrottleDebt.NONE;

    private long owedSince;

    /** Why there is no policy, for people. */
    private String reason = "";

    PolicySlot(String owner, String type, ThrottleLimits limits, @Nullable ThrottlePolicyFactory factory, long now) {
        this.owner = owner;
        this.type = type;
        this.limits = limits;
        this.owedSince = now;
        install(factory, now);
    }

    /** Returns a slot that lets nothing go, for what should say what may is not there. */
    static PolicySlot holding(String reason, Clock clock) {
        ThrottleLimits some = ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), 1L));
        PolicySlot slot = new PolicySlot("", "", some, null, clock.nanoTime());
        slot.reason = reason;
        return slot;
    }

    String type() {
        return type;
    }

    ThrottleLimits limits() {
        return limits;
    }

    boolean isOpen() {
        return limits.isEmpty();
    }

    boolean isHolding() {
        return policy == null && !isOpen();
    }

    /** Returns why nothing goes; empty if it is not {@linkplain #isHolding holding}. */
    String reason() {
        return isHolding() ? reason : "";
    }

    long waitNanos(Direction direction, long bytes, long now) {
        if (isOpen()) {
            return 0;
        }
        if (policy == null) {
            return UNKNOWN_NANOS;
        }
        try {
            return Math.max(0, policy.waitNanos(direction, bytes, now));
        } catch (RuntimeException | LinkageError e) {
            fail(e);
            return UNKNOWN_NANOS;
        }
    }

    /** Returns the limit that makes a request wait longest, or null if none does or nobody can say. */
    @Nullable
    LimitKey holder(Direction direction, long bytes, long now) {
        LimitKey holder = null;
        if (policy == null || isOpen()) {
            return null;
        }
        try {
            long longest = 0;
            for (LimitKey limit : LimitKey.ALL) {
                long wait = policy.waitNanos(limit, direction, bytes, now);
                if (wait > longest) {
                    longest = wait;
                    holder = limit;
                }
            }
        } catch (RuntimeException | LinkageError e) {
            fail(e);
        }
        return holder;
    }

    /** Returns whether what makes the head of a lane wait longest holds reads and writes alike; nobody knows: it may. */
    boolean holdsBothWith(Lane lane, long now) {
        LimitKey holder = holder(lane.direction, lane.get(0).length(), now);
        return holder == null || holder.direction() == null;
    }

    void charge(Direction direction, long bytes, long now) {
        if (policy == null || isOpen()) {
            return;
        }
        try {
            policy.charge(direction, bytes, now);
        } catch (RuntimeException | LinkageError e) {
            fail(e);
        }
    }

    ThrottleDebt debt(long now) {
        if (policy != null) {
            try {
                return policy.debt(now);
            } catch (RuntimeException | LinkageError e) {
                fail(e);
            }
        }
        long elapsed = now - owedSince;
        return ThrottleDebt.of(
                limit -> Math.max(0, owed.nanos(limit) - elapsed),
                limit -> Math.max(0, owed.burstNanos(limit) - elapsed));
    }

    /** Goes on with a policy from the factory that there is for its type now, if that is another one. */
    void installFrom(Factories<ThrottlePolicyFactory> policies, long now) {
        ThrottlePolicyFactory current = policies.get(type);
        if (current != factory) {
            install(current, now);
        }
    }

    /** Goes on with a policy from another factory, of this slot's type, or with none; what is owed is kept. */
    private void install(@Nullable ThrottlePolicyFactory newFactory, long now) {
        owed = debt(now);
        owedSince = now;
        policy = null;
        factory = newFactory;
        if (newFactory == null) {
            reason = "policy " + type + " is missing";
            return;
        }
        try {
            policy = newFactory.create(limits, owed, now);
            reason = "";
        } catch (RuntimeException | LinkageError e) {
            reason = "policy " + type + " refuses the limits: " + e.getMessage();
            log.warn("{} holds its queue: {}", owner, reason);
        }
    }

    /**
     * Goes on with other limits, another type of policy, or both; what is owed is kept.
     *
     * @param newFactory who makes policies of the new type; null if nobody does
     * @throws IllegalArgumentException if that policy cannot keep the limits; nothing has changed then
     */
    void reconfigure(String newType, @Nullable ThrottlePolicyFactory newFactory, ThrottleLimits newLimits, long now) {
        if (newFactory != null) {
            LimitFault.refuse(newFactory.faults(newLimits));
        }
        if (policy != null && newFactory == factory && newType.equals(type)) {
            if (!newLimits.equals(limits)) {
                policy.reconfigure(newLimits, now);
                limits = newLimits;
            }
        } else {
            limits = newLimits;
            type = newType;
            install(newFactory, now);
        }
    }

    /** A policy that throws, or whose bundle is half gone, says nothing about what may go: it is as good as missing. */
    private void fail(Throwable e) {
        policy = null;
        reason = "policy " + type + " failed: " + e;
        log.error("{} holds its queue: {}", owner, reason, e);
    }
}
