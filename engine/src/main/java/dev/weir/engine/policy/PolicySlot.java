package dev.weir.engine.policy;

import dev.weir.block.Direction;
import dev.weir.log.PlainText;
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
 * The limits of one drive or group and the policy that enforces them. The policy may be missing. Without limits every
 * request may go. With limits and no policy every request is held. A policy that throws is dropped. The debt outlives a
 * policy that throws: it stays in {@link DebtEstimate} until another policy takes it over.
 *
 * <p>Guarded by the lock of the {@code ThrottleDomain}.
 */
public final class PolicySlot {

    /** The wait of a request while it is unknown. */
    public static final long UNKNOWN_NANOS = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(PolicySlot.class);

    /** Placeholder limits of a slot that holds every request. */
    private static final ThrottleLimits SOME = ThrottleLimits.of(Map.of(LimitKey.IOPS.key(), 1L));

    /** The owner for messages: {@code drive vm1} or {@code group tenant-a}. */
    private final String owner;

    private final HoldLog log;

    /** Whether this is a copy for a forecast. It holds no request and must not log. */
    private boolean isCopy;

    private boolean isLifted;

    /** Why the slot holds every request whatever its policy says; empty if it does not. */
    private String holdReason = "";

    private LeaseEnd leaseEnd = LeaseEnd.NEVER;

    /** Whether the estimate keeps the forgiven part of a debt for the next policy, because this policy keeps none. */
    private boolean estimateKeepsForgiven;

    private @Nullable PolicyAnswers answers; // made at the first wait
    private boolean isAnswered; // saves a look at the answers, which are in no cache of the processor
    private final DebtEstimate known = new DebtEstimate();
    private String type;

    /** The limits at {@link #sizeBytes}. */
    private ThrottleLimits limits;

    /** The size with which the limits may scale (bytes). */
    private long sizeBytes;

    private @Nullable ThrottlePolicyFactory factory;
    private @Nullable ThrottlePolicy policy;

    /** Why the policy is missing. */
    private String reason = "";

    public PolicySlot(
            String owner, String type, ThrottleLimits limits, @Nullable ThrottlePolicyFactory factory, long now) {
        this.owner = owner;
        this.log = new HoldLog(owner);
        this.type = type;
        this.limits = limits;
        known.set(ThrottleDebt.NONE, now);
        install(factory, now);
        log.changed("", reason(), type);
    }

    /** Creates a slot that holds every request because its group or policy does not exist. */
    public PolicySlot(String owner, String reason, long now) {
        this.owner = owner;
        this.log = new HoldLog(owner);
        this.type = "";
        this.limits = SOME;
        this.reason = reason;
        known.set(ThrottleDebt.NONE, now);
        log.absent(reason);
    }

    private PolicySlot(PolicySlot of, long now) {
        isCopy = true;
        isLifted = of.isLifted;
        holdReason = of.holdReason;
        leaseEnd = of.leaseEnd;
        owner = of.owner;
        log = new HoldLog(owner);
        type = of.type;
        limits = of.limits;
        sizeBytes = of.sizeBytes;
        factory = of.factory;
        reason = of.reason;
        known.set(of.debt(now), now);
        try {
            policy = of.copyOfPolicy(now);
        } catch (RuntimeException | Error e) {
            reason = "policy " + type + " cannot be copied: " + PlainText.of(e.toString());
        }
    }

    private @Nullable ThrottlePolicy copyOfPolicy(long now) {
        if (policy == null || factory == null) {
            return null;
        }
        ThrottlePolicy copy = policy.copy();
        return copy == null ? IsolatedPolicy.create(this, factory, limits, policy.debt(now), now) : copy;
    }

    /** Returns an independent copy for the forecast. */
    public PolicySlot copy(long now) {
        return new PolicySlot(this, now);
    }

    public String type() {
        return type;
    }

    public ThrottleLimits limits() {
        return limits;
    }

    public boolean isOpen() {
        return holdReason.isEmpty() && (isLifted || limits.isEmpty());
    }

    /** Holds every request, also without limits, until it is called with an empty reason. */
    public void hold(String reasonToHold) {
        holdReason = reasonToHold;
    }

    /** Changes the limits to a leased share. From the end of the lease on the slot holds every request. */
    public void lease(ThrottleLimits newLimits, LeaseEnd end, String reasonToHold, long now) {
        leaseEnd = end;
        holdReason = reasonToHold;
        reconfigure(type, factory, newLimits, now);
    }

    /**
     * Lifts or restores the limits. Lifted limits admit every request and charge nothing; time still pays the debt.
     */
    public void lift(boolean lifted) {
        isLifted = lifted;
    }

    public boolean isHolding() {
        return !holdReason.isEmpty() || (policy == null && !isOpen());
    }

    /** Returns why the slot holds every request; empty if it is not {@linkplain #isHolding holding}. */
    public String reason() {
        return !holdReason.isEmpty() ? holdReason : isHolding() ? reason : "";
    }

    public long waitNanos(Direction direction, long bytes, long now) {
        if (isOpen()) {
            return 0;
        }
        if (policy == null || !holdReason.isEmpty() || leaseEnd.isPast(now)) {
            return UNKNOWN_NANOS;
        }
        try {
            long wait = policy.waitNanos(direction, bytes, now);
            return wait == 0 ? 0 : checked(wait, direction, bytes, now);
        } catch (RuntimeException | Error e) {
            fail(e);
            return UNKNOWN_NANOS;
        }
    }

    private long checked(long wait, Direction direction, long bytes, long now) {
        isAnswered = true;
        answers = answers == null ? new PolicyAnswers() : answers;
        return answers.checked(wait, direction, bytes, now);
    }

    private void forgetAnswers() {
        if (isAnswered && answers != null) {
            isAnswered = false;
            answers.forget();
        }
    }

    /** Returns the limit that holds a request longest, or null if none does or it is unknown. */
    @Nullable
    public LimitKey holder(Direction direction, long bytes, long now) {
        LimitKey holder = null;
        if (policy == null || isOpen() || isHolding()) {
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

    /**
     * Returns whether the limit that holds a request longest applies to reads and writes together. True if unknown.
     */
    public boolean holdsBothWith(Direction direction, long bytes, long now) {
        boolean someOfDirection = false;
        for (int i = 0; i < LimitKey.ALL.size(); i++) {
            LimitKey limit = LimitKey.ALL.get(i);
            someOfDirection |= limits.rate(limit) > 0 && limit.direction() == direction;
        }
        LimitKey holder = someOfDirection ? holder(direction, bytes, now) : null;
        return holder == null || holder.direction() == null;
    }

    public void charge(Direction direction, long bytes, long now) {
        if (policy == null || isOpen()) {
            return;
        }
        // before the call, because a policy that throws in it can no longer report its debt
        known.charge(limits, direction, bytes, now);
        forgetAnswers();
        try {
            policy.charge(direction, bytes, now);
            if (known.isOld(now)) {
                known.set(debt(now), now);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    public ThrottleDebt debt(long now) {
        if (policy != null) {
            try {
                ThrottleDebt debt = policy.debt(now);
                return estimateKeepsForgiven ? debt.forgivenAs(known.at(limits, now)) : debt;
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }
        return known.at(limits, now);
    }

    /** Returns the moment of the last charge or of the last change of limits or policy. */
    public long debtChangedAt() {
        return known.lastChargeAt();
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /**
     * Takes over the debt of an earlier process. Called before the first request.
     *
     * @param owed the debt at the end of that process
     * @param from its limits at their size
     * @param atSizeBytes the size at that moment, which holds until {@link #resize}
     * @param elapsedNanos the time that has passed since
     */
    public void restore(ThrottleDebt owed, ThrottleLimits from, long atSizeBytes, long elapsedNanos, long now) {
        sizeBytes = atSizeBytes;
        limits = limits.atSize(atSizeBytes);
        known.set(owed, now - elapsedNanos);
        known.set(known.at(from, now).under(from, limits), now);
        install(factory, now);
    }

    /** Replaces the policy if another factory now provides its type (hot swap). The new policy takes over the debt. */
    public void installFrom(Function<String, @Nullable ThrottlePolicyFactory> policies, long now) {
        ThrottlePolicyFactory current = policies.apply(type);
        if (current != factory) {
            String before = reason();
            known.set(debt(now), now);
            install(current, now);
            log.changed(before, reason(), type);
        }
    }

    /** Creates a policy of this slot's type from a factory; null for none. {@link #known} holds the debt. */
    private void install(@Nullable ThrottlePolicyFactory newFactory, long now) {
        policy = null;
        forgetAnswers();
        factory = newFactory;
        if (newFactory == null) {
            reason = "policy " + type + " is missing";
            return;
        }
        try {
            ThrottleDebt owed = known.at(limits, now);
            policy = IsolatedPolicy.create(this, newFactory, limits, owed, now);
            estimateKeepsForgiven = owed.isForgiven() && !policy.debt(now).isForgiven();
            reason = "";
        } catch (RuntimeException | Error e) {
            policy = null;
            reason = e instanceof IllegalArgumentException
                    ? "policy " + type + " refuses the limits: " + PlainText.of(String.valueOf(e.getMessage()))
                    : "policy " + type + " failed: " + PlainText.of(e.toString()) + IsolatedPolicy.origin(newFactory);
            LOG.debug("{}: policy {} was not made", owner, type, e);
        }
    }

    /**
     * Changes limits, policy type or both and keeps the debt. If the policy cannot enforce the limits then the slot
     * holds every request.
     *
     * @param newFactory the factory of the new type; null if it is missing
     */
    public void reconfigure(
            String newType, @Nullable ThrottlePolicyFactory newFactory, ThrottleLimits newLimits, long now) {
        boolean samePolicy = policy != null && newFactory == factory && newType.equals(type);
        ThrottleLimits sized = newLimits.atSize(sizeBytes);
        if (samePolicy && sized.equals(limits)) {
            limits = sized; // it may know other bursts of lifted limits
            return;
        }
        String before = reason();
        known.set(debt(now).under(limits, sized), now);
        type = newType;
        limits = sized;
        // a policy without the forgiven part cannot convert it to other limits
        if (!samePolicy || estimateKeepsForgiven || !isReconfigured(now)) {
            install(newFactory, now);
        }
        log.changed(before, reason(), type);
    }

    /**
     * Changes the size with which the limits may scale.
     *
     * @return whether the limits are other ones now
     */
    public boolean resize(long newSizeBytes, long now) {
        ThrottleLimits before = limits;
        sizeBytes = newSizeBytes;
        if (!limits.atSize(newSizeBytes).equals(before)) {
            reconfigure(type, factory, limits, now);
        }
        return !limits.equals(before);
    }

    private boolean isReconfigured(long now) {
        try {
            forgetAnswers();
            if (policy != null) {
                policy.reconfigure(limits, now);
            }
            return policy != null;
        } catch (RuntimeException | Error e) {
            LOG.debug("{}: policy {} does not take over {}", owner, type, limits, e);
            return false;
        }
    }

    /**
     * Drops a policy that throws, because its bundle may be half gone. It counts as missing. The queue is held. The
     * estimate keeps the debt.
     */
    private void fail(Throwable e) {
        policy = null;
        reason = "policy " + type + " failed: " + PlainText.of(e.toString()) + IsolatedPolicy.origin(factory);
        if (!isCopy) {
            log.failed(reason, e);
        }
    }

    /** Ends a pending warning because the drive or group is removed. */
    public void remove() {
        log.end();
    }

    public boolean isCopy() {
        return isCopy;
    }

    /** Returns the policy and its owner for messages. */
    @Override
    public String toString() {
        return "policy " + type + IsolatedPolicy.origin(factory) + " of " + owner;
    }

    /** Returns the owner for messages: {@code drive vm1} or {@code group tenant-a}. */
    public String owner() {
        return owner;
    }
}
