package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.lease.HeldShare.State;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shares of one host, also in a network partition ({@link OnPartition}). A lease begins when the host sends the
 * report that the lease answers. After its end the host keeps at most its last share for a grace period. The
 * coordinator needs that time to take back the safe share from others. Then the host takes the safe share without a
 * message.
 *
 * <p>A host that has just started cannot know a lease from before its restart. It begins with the least share.
 *
 * <p>Not thread-safe.
 */
final class Holder {
    /** The number of reports whose time of sending is kept. */
    private static final int KEPT_REPORTS = 64;

    private final Timing timing;
    private final ClusterScope scope;
    private final OnPartition onPartition;
    private final Map<String, HeldGroup> groups = new LinkedHashMap<>();
    private final long[] sentAt = new long[KEPT_REPORTS];
    private long sequence;

    private @Nullable Map<String, GroupLease> lease;
    private long leasedAt;

    /** The number of the offer with the lease; 0 if it is of another term. */
    private long leaseNumber;

    /** The last report before the host began to follow the term. */
    private long joinedAfter;

    /** Whether a limit of a group held requests at the last report. */
    private boolean wasHeld;

    Holder(Timing timing, ClusterScope scope, OnPartition onPartition) {
        this.timing = timing;
        this.scope = scope;
        this.onPartition = onPartition;
    }

    void add(String name, ThrottleLimits limits, long now) {
        groups.put(name, new HeldGroup(limits, now));
    }

    void remove(String name) {
        groups.remove(name);
    }

    Set<String> names() {
        return groups.keySet();
    }

    @Nullable
    HeldGroup group(String name) {
        return groups.get(name);
    }

    /** Begins to follow another term. The shares stay. */
    void followsAnother() {
        leaseNumber = 0;
        joinedAfter = sequence;
    }

    /** Returns whether {@code answers} is the sequence of the last report. */
    boolean isLast(long answers) {
        return answers == sequence;
    }

    /** Returns whether a limit of a group held requests at the last report. */
    boolean wasHeld() {
        return wasHeld;
    }

    /** Returns the number of the offer whose lease the host has; 0 if it has none of the term that it follows. */
    long leaseNumber() {
        return leaseNumber;
    }

    /** Returns the next report. The moment of the call counts as that of sending. */
    Report report(long incarnation, long term, long epoch, long received, Function<String, Demand> demand, long now) {
        sequence++;
        sentAt[(int) (sequence % KEPT_REPORTS)] = now;
        Map<String, GroupReport> reports = new LinkedHashMap<>();
        wasHeld = false;
        groups.forEach((name, group) -> {
            Demand current = demand.apply(name);
            wasHeld |= !current.held().isEmpty();
            reports.put(name, group.report(share(name, now).share(), current, now));
        });
        return new Report(incarnation, sequence, term, epoch, received, leaseNumber, scope.weight(), reports);
    }

    /**
     * Takes a lease.
     *
     * @return whether it is newer than the one before and has not ended
     */
    boolean accept(long number, long answers, Map<String, GroupLease> newLease, long now) {
        boolean isKnown = answers > joinedAfter && answers <= sequence && sequence - answers < KEPT_REPORTS;
        if (number <= leaseNumber || !isKnown) {
            return false;
        }
        long from = sentAt[(int) (answers % KEPT_REPORTS)];
        if (now - from >= timing.lease()) {
            return false;
        }
        lease = newLease;
        leasedAt = from;
        leaseNumber = number;
        newLease.forEach((name, granted) -> {
            HeldGroup group = groups.get(name);
            if (group != null) {
                group.told(granted.terms());
            }
        });
        return true;
    }

    /** Returns whether a lease would lower a share. */
    boolean shrinks(Map<String, GroupLease> newLease, long now) {
        return changes(newLease, now, -1);
    }

    /** Returns whether a lease would raise a share. */
    boolean grows(Map<String, GroupLease> newLease, long now) {
        return changes(newLease, now, 1);
    }

    private boolean changes(Map<String, GroupLease> newLease, long now, int direction) {
        return newLease.entrySet().stream()
                .filter(granted -> groups.containsKey(granted.getKey()))
                .anyMatch(granted -> changes(
                        granted.getValue().share(), share(granted.getKey(), now).share(), direction));
    }

    private static boolean changes(Rates share, Rates before, int direction) {
        return LimitKey.ALL.stream().anyMatch(key -> Long.compare(share.get(key), before.get(key)) == direction);
    }

    /** Returns the share in a group that was added. */
    HeldShare share(String name, long now) {
        HeldGroup group = groups.get(name);
        if (group == null) {
            throw new IllegalArgumentException("group " + name + " was not added");
        }
        GroupLease granted = lease == null ? null : lease.get(name);
        long end = leasedAt + timing.lease();
        if (granted != null && now - end < 0) {
            return new HeldShare(State.LEASED, group.terms(), granted.share(), true, end);
        }
        if (onPartition == OnPartition.HOLD) {
            return new HeldShare(State.HELD, group.terms(), Rates.NONE, false, 0);
        }
        if (granted != null && onPartition == OnPartition.LAST_SHARE) {
            return new HeldShare(State.LAST, group.terms(), granted.share(), false, 0);
        }
        if (onPartition == OnPartition.LAST_SHARE) {
            // others may keep their last shares for good, so the safe share never becomes free
            return new HeldShare(State.STARTING, group.terms(), group.least(scope), false, 0);
        }
        Rates safe = group.safe(scope);
        long free = (granted == null ? group.since() + timing.lease() : end) + timing.grace();
        if (now - free >= 0) {
            return new HeldShare(State.SAFE, group.terms(), safe, false, 0);
        }
        if (granted == null) {
            return new HeldShare(State.STARTING, group.terms(), group.least(scope), true, free);
        }
        Rates last = Rates.of(key -> Math.min(granted.share().get(key), safe.get(key)));
        return new HeldShare(State.LAST, group.terms(), last, true, free);
    }
}
