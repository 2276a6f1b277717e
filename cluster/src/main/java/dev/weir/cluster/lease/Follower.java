package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A host as the coordinator knows it. Holds the leases that the host may have, and the earliest moments at which it may
 * follow another coordinator or take its safe share. All moments are of the coordinator's clock.
 *
 * <p>Both are derived from one fact: a report names an offer that the host had received before. The report was
 * therefore sent after that offer, whatever the network did. Not thread-safe.
 */
final class Follower {
    private static final int KEPT_OFFERS = 64;

    /** A lease that the host may have. */
    private static final class Granted {
        final long number;
        final boolean hasLower;
        final long lower;
        final long until;
        final @Nullable Rates[] shares;

        Granted(long number, boolean hasLower, long lower, long until, @Nullable Rates[] shares) {
            this.number = number;
            this.hasLower = hasLower;
            this.lower = lower;
            this.until = until;
            this.shares = shares;
        }

        /** Returns the shares in a group; null if the lease does not have it. */
        @Nullable
        Rates of(Pool pool) {
            return pool.index < shares.length ? shares[pool.index] : null;
        }
    }

    final String host;
    final ClusterScope scope;
    final Timing timing;
    private final OnPartition onPartition;

    /** The part of each group's limits that this host may use. */
    private long[][] used = {};

    private long[][] targets = {};
    private final long[] sentAt = new long[KEPT_OFFERS];
    private final Deque<Granted> granted = new ArrayDeque<>();

    private Report report;

    /** The groups of the last report by {@link Pool#index}. */
    private @Nullable GroupReport[] groups = {};

    private long reportedAt;
    private long offers;

    /** Whether the host has followed without a pause in which another term could have got a majority. */
    private boolean steady;

    private boolean hasLower;
    private long lower;
    private boolean hasPromise;
    private long promiseUntil;
    private boolean hasFree;
    private long freeAt;

    /** Whether the host's last report answers an offer of the established term. */
    private boolean answered;

    private long pushedAt;

    /** Creates a follower from its first report. */
    Follower(String host, ClusterScope scope, Timing timing, OnPartition onPartition, Report report, long now) {
        this.host = host;
        this.scope = scope;
        this.timing = timing;
        this.onPartition = onPartition;
        this.report = report;
        this.reportedAt = now;
    }

    /**
     * Returns whether a report is newer than the last one. Incarnations rise unless the clock of the host was set back.
     */
    boolean isNew(Report newer, long now) {
        if (newer.incarnation() == report.incarnation()) {
            return newer.sequence() > report.sequence();
        }
        boolean isSilent = now - reportedAt >= timing.lease() + timing.grace();
        return newer.incarnation() > report.incarnation() || isSilent;
    }

    /**
     * Takes a report.
     *
     * @param itsGroups the groups of the report by {@link Pool#index}
     * @param isSteady whether a host that begins to follow counts for the majority
     * @param establishedAt when the term was established; meaningless if {@code isEstablished} is false
     */
    void receive(
            Report newer,
            @Nullable GroupReport[] itsGroups,
            boolean isFirst,
            boolean isSteady,
            boolean isEstablished,
            long establishedAt,
            long now) {
        boolean restarted = newer.incarnation() != report.incarnation();
        if (isFirst || restarted || newer.epoch() != report.epoch()) {
            granted.clear();
            hasFree = false;
            hasPromise = false;
            hasLower = false;
            answered = false;
            steady = isSteady;
        }
        report = newer;
        groups = itsGroups;
        reportedAt = now;
        long number = newer.received();
        if (number > 0 && number <= offers && offers - number < KEPT_OFFERS) {
            hasLower = true;
            lower = sentAt[(int) (number % KEPT_OFFERS)];
            hasPromise = true;
            promiseUntil = lower + timing.atLeast(timing.promise());
            answered = isEstablished && lower - establishedAt >= 0;
        }
        if (newer.lease() == 0) {
            // the share is not a lease of this term; such a lease may be in flight
            granted.removeIf(lease -> lease.number == 0);
            @Nullable Rates[] shares = new Rates[groups.length];
            for (int i = 0; i < shares.length; i++) {
                GroupReport group = groups[i];
                shares[i] = group == null ? null : group.has();
            }
            granted.addFirst(new Granted(0, false, 0, now + timing.atMost(timing.lease()), shares));
        } else {
            acknowledge(newer.lease());
        }
    }

    private void acknowledge(long number) {
        for (Iterator<Granted> each = granted.iterator(); each.hasNext(); ) {
            Granted lease = each.next();
            if (lease.number < number) {
                each.remove();
            } else if (lease.number == number && lease.hasLower) {
                hasFree = true;
                freeAt = lease.lower + timing.atLeast(timing.lease() + timing.grace());
            }
        }
    }

    /** Returns the number of the next offer. The moment of the call counts as that of sending. */
    long nextOffer(long now) {
        offers++;
        sentAt[(int) (offers % KEPT_OFFERS)] = now;
        return offers;
    }

    /**
     * Notes a lease that is sent now.
     *
     * @param shares the shares by {@link Pool#index}
     */
    void grant(long number, @Nullable Rates[] shares, long now) {
        granted.addLast(new Granted(number, hasLower, lower, now + timing.atMost(timing.lease()), shares));
        while (granted.size() > KEPT_OFFERS) {
            // the host has acknowledged none of them; the oldest has ended unless it is without end
            Granted oldest = granted.removeFirst();
            granted.addFirst(widest(oldest, granted.removeFirst()));
        }
    }

    private static Granted widest(Granted one, Granted two) {
        @Nullable Rates[] shares = Arrays.copyOf(one.shares, Math.max(one.shares.length, two.shares.length));
        for (int i = 0; i < two.shares.length; i++) {
            Rates a = shares[i];
            Rates b = two.shares[i];
            shares[i] =
                    a == null || b == null ? (a == null ? b : a) : Rates.of(key -> Math.max(a.get(key), b.get(key)));
        }
        return new Granted(two.number, two.hasLower, two.lower, two.until, shares);
    }

    /**
     * Returns the upper bound of the host's use of a limit until a lease granted now has certainly ended.
     *
     * @param limit the limit for all hosts
     */
    long mayUse(Pool group, LimitKey key, long limit, long now) {
        long safe = scope.safe(limit);
        long most = 0;
        boolean knowsGroup = true;
        for (Granted lease : granted) {
            Rates shares = lease.of(group);
            if (shares == null) {
                knowsGroup = false;
                continue;
            }
            long share = shares.get(key);
            boolean mayLast = now - lease.until < 0 || onPartition == OnPartition.LAST_SHARE;
            if (!mayLast) {
                share = onPartition == OnPartition.HOLD ? 0 : Math.min(share, safe);
            }
            most = Math.max(most, share);
        }
        boolean isFree = !hasFree || !knowsGroup || mayBeFree(now);
        return isFree && onPartition != OnPartition.HOLD ? Math.max(most, safe) : most;
    }

    /** Returns whether the host may take its safe share before a lease granted now has ended. */
    private boolean mayBeFree(long now) {
        return freeAt - now - timing.atMost(timing.lease()) < 0;
    }

    /** Returns the moment from which {@link #mayBeFree} holds; {@code now} if it holds already. */
    long lateAt(long now) {
        return hasFree && !mayBeFree(now) ? freeAt - timing.atMost(timing.lease()) : now;
    }

    boolean isLate(long now) {
        return !hasFree || mayBeFree(now);
    }

    boolean promises(long now) {
        return hasPromise && promiseUntil - now > 0;
    }

    boolean isSteady() {
        return steady;
    }

    boolean hasAnswered() {
        return answered;
    }

    boolean hasLease() {
        return report.lease() > 0;
    }

    /** Returns whether the host has reported within the length of a promise. */
    boolean isLive(long now) {
        return now - reportedAt < timing.promise();
    }

    Report report() {
        return report;
    }

    long reportedAt() {
        return reportedAt;
    }

    /** Returns the last report of a group; null without one. */
    @Nullable
    GroupReport report(Pool group) {
        return group.index < groups.length ? groups[group.index] : null;
    }

    long[] used(Pool group) {
        used = grown(used, group);
        return used[group.index];
    }

    long[] target(Pool group) {
        targets = grown(targets, group);
        return targets[group.index];
    }

    private static long[][] grown(long[][] amounts, Pool group) {
        if (group.index < amounts.length) {
            return amounts;
        }
        long[][] grown = Arrays.copyOf(amounts, group.index + 1);
        for (int i = amounts.length; i < grown.length; i++) {
            grown[i] = new long[LimitKey.ALL.size()];
        }
        return grown;
    }

    /** Returns the share in the newest lease; 0 without a lease. */
    long newestShare(Pool group, LimitKey key) {
        Granted newest = granted.peekLast();
        Rates shares = newest == null ? null : newest.of(group);
        return shares == null ? 0 : shares.get(key);
    }

    /** Returns the end of the newest lease (ns), or null if the host may have none. */
    @Nullable
    Long leaseEnd() {
        Granted newest = granted.peekLast();
        return newest == null || newest.number == 0 ? null : newest.until;
    }

    long pushedAt() {
        return pushedAt;
    }

    void pushedAt(long now) {
        pushedAt = now;
    }
}
