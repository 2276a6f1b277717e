package dev.weir.engine.throttle;

import dev.weir.log.RateLimitedLog;
import dev.weir.throttle.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The limits of one drive or group and the policy that keeps them, which may be missing. Without limits
 * everything may go; with limits and no policy nothing may. What is owed outlives the policy.
 *
 * <p>Guarded by the lock of the {@link ThrottleDomain}.
 */
public final class PolicySlot {

    /** What a request waits while nobody can say how long. */
    static final long UNKNOWN_NANOS = Long.MAX_VALUE;

    private static final Logger log = LoggerFactory.getLogger(PolicySlot.class);

    /** Of all drives, because one policy fails for many at once. */
    private static final RateLimitedLog failures = new RateLimitedLog("policies that failed", log::error);

    /** What limits a slot has that nobody may pass. */
    private static final ThrottleLimits SOME = ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), 1L));

    /** For messages: {@code drive vm1} or {@code group tenant-a}. */
    private final String owner;

    /** Whether nothing is held by it, and so nothing is to be said of it. */
    private boolean isCopy;

    private boolean isLifted;
    private final PolicyAnswers answers = new PolicyAnswers();
    private final DebtEstimate known = new DebtEstimate();
    private String type;
    private ThrottleLimits limits;
    private @Nullable ThrottlePolicyFactory factory;
    private @Nullable ThrottlePolicy policy;

    /** Why there is no policy, for people. */
    private String reason = "";

    public PolicySlot(
            String owner, String type, ThrottleLimits limits, @Nullable ThrottlePolicyFactory factory, long now) {
        this.owner = owner;
        this.type = type;
        this.limits = limits;
        known.set(ThrottleDebt.NONE, now);
        install(factory, now);
        tell("");
    }

    /** Makes a slot that lets nothing go, for what should say what may is not there. */
    public PolicySlot(String owner, String reason, long now) {
        this.owner = owner;
        this.type = "";
        this.limits = SOME;
        this.reason = reason;
        known.set(ThrottleDebt.NONE, now);
        tell("");
    }

    private PolicySlot(PolicySlot of, long now) {
        isCopy = true;
        isLifted = of.isLifted;
        owner = of.owner;
        type = of.type;
        limits = of.limits;
        factory = of.factory;
        reason = of.reason;
        known.set(of.debt(now), now);
        try {
            policy = of.copyOfPolicy(now);
        } catch (RuntimeException | Error e) {
            reason = "policy " + type + " cannot be copied: " + e;
        }
    }

    private @Nullable ThrottlePolicy copyOfPolicy(long now) {
        if (policy == null || factory == null) {
            return null;
        }
        ThrottlePolicy copy = policy.copy();
        return copy == null ? WatchedPolicy.create(this, factory, limits, policy.debt(now), now) : copy;
    }

    /** Returns a slot that stands as this one and goes its own way, to try out what goes when. */
    PolicySlot copy(long now) {
        return new PolicySlot(this, now);
    }

    public String type() {
        return type;
    }

    public ThrottleLimits limits() {
        return limits;
    }

    boolean isOpen() {
        return isLifted || limits.isEmpty();
    }

    /** Lets everything go and charges nothing, or keeps the limits again. What is owed is paid by time meanwhile. */
    public void lift(boolean lifted) {
        isLifted = lifted;
    }

    public boolean isHolding() {
        return policy == null && !isOpen();
    }

    /** Returns why nothing goes; empty if it is not {@linkplain #isHolding holding}. */
    public String reason() {
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
            return checked(policy.waitNanos(direction, bytes, now), direction, bytes, now);
        } catch (RuntimeException | Error e) {
            fail(e);
            return UNKNOWN_NANOS;
        }
    }

    private long checked(long waitNanos, Direction direction, long bytes, long now) {
        if (waitNanos < 0) {
            throw new IllegalStateException("it answered a wait of " + waitNanos + " ns");
        }
        if (answers.isBroken(waitNanos, direction, bytes, now)) {
            throw new IllegalStateException(
                    "its answers contradict one another: nothing was charged, and a request that"
                            + " was to go has to wait " + waitNanos + " ns more");
        }
        return waitNanos;
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
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        return holder;
    }

    /** Returns whether what makes the head of a lane wait longest holds reads and writes alike; nobody knows: it may. */
    boolean holdsBothWith(Lane lane, long now) {
        LimitKey holder = holder(lane.direction, lane.cost(0), now);
        return holder == null || holder.direction() == null;
    }

    void charge(Direction direction, long bytes, long now) {
        if (policy == null || isOpen()) {
            return;
        }
        known.charge(limits, direction, bytes, now);
        answers.forget();
        try {
            policy.charge(direction, bytes, now);
            if (known.isOld(now)) {
                known.set(policy.debt(now), now);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    public ThrottleDebt debt(long now) {
        if (policy != null) {
            try {
                return policy.debt(now);
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }
        return known.at(limits, now);
    }

    /** Goes on with a policy from the factory that there is for its type now, if that is another one. */
    public void installFrom(Function<String, @Nullable ThrottlePolicyFactory> policies, long now) {
        ThrottlePolicyFactory current = policies.apply(type);
        if (current != factory) {
            String before = reason();
            known.set(debt(now), now);
            install(current, now);
            tell(before);
        }
    }

    /** Goes on with a policy from another factory, of this slot's type, or with none; what is owed is known. */
    private void install(@Nullable ThrottlePolicyFactory newFactory, long now) {
        policy = null;
        answers.forget();
        factory = newFactory;
        if (newFactory == null) {
            reason = "policy " + type + " is missing";
            return;
        }
        try {
            policy = WatchedPolicy.create(this, newFactory, limits, known.at(limits, now), now);
            reason = "";
        } catch (RuntimeException | Error e) {
            reason = "policy " + type + " refuses the limits: " + e.getMessage();
            log.debug("{}: policy {} was not made", owner, type, e);
        }
    }

    /**
     * Goes on with other limits, another type of policy, or both; what is owed is kept. Nothing goes if that policy
     * cannot keep the limits.
     *
     * @param newFactory who makes policies of the new type; null if nobody does
     */
    public void reconfigure(
            String newType, @Nullable ThrottlePolicyFactory newFactory, ThrottleLimits newLimits, long now) {
        boolean samePolicy = policy != null && newFactory == factory && newType.equals(type);
        if (samePolicy && newLimits.equals(limits)) {
            return;
        }
        String before = reason();
        known.set(debt(now).under(limits, newLimits), now);
        type = newType;
        limits = newLimits;
        if (!samePolicy || !isReconfigured(now)) {
            install(newFactory, now);
        }
        tell(before);
    }

    private boolean isReconfigured(long now) {
        try {
            answers.forget();
            if (policy != null) {
                policy.reconfigure(limits, now);
            }
            return policy != null;
        } catch (RuntimeException | Error e) {
            log.debug("{}: policy {} does not take over {}", owner, type, limits, e);
            return false;
        }
    }

    /** A policy that throws, or whose bundle is half gone, says nothing about what may go: it is as good as missing. */
    private void fail(Throwable e) {
        policy = null;
        reason = "policy " + type + " failed: " + e + origin();
        if (!isCopy) {
            failures.write(() -> owner + " holds its queue: " + reason);
            log.debug("{} holds its queue", owner, e);
        }
    }

    /** Returns the class and, if it is of another bundle, the bundle that the policy is from. */
    private String origin() {
        if (factory == null) {
            return "";
        }
        Class<?> type = factory.getClass();
        ClassLoader bundle = type.getClassLoader();
        String from = bundle == null || bundle == PolicySlot.class.getClassLoader() ? "" : " of " + bundle;
        return " (" + type.getName() + from + ")";
    }

    boolean isCopy() {
        return isCopy;
    }

    /** Names the policy and its owner, for messages. */
    @Override
    public String toString() {
        return "policy " + type + origin() + " of " + owner;
    }

    String owner() {
        return owner;
    }

    /** Says in the log when it begins to hold, or goes on. */
    private void tell(String reasonBefore) {
        if (reason().equals(reasonBefore)) {
            return;
        }
        if (isHolding()) {
            log.warn("{} holds its queue: {}", owner, reason);
        } else {
            log.info("{} goes on with policy {}", owner, type);
        }
    }
}
