package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One term of a coordinator: its followers and the leases that it grants. It is established once a majority of the
 * configured hosts follows. Each of them has promised to follow no other coordinator for a while. Two terms are
 * therefore never established at the same time.
 *
 * <p>An established term first confirms the current shares of its hosts. It does so for the length of one lease because
 * leases of an earlier coordinator may last that long, or until every configured host has told its share. Then it
 * divides the limits. The sum of all shares that hosts may have is at most the limit at every moment. It includes the
 * safe shares of hosts that do not report. Only a burst may exceed it; see {@link Pool}.
 *
 * <p>Not thread-safe. See docs/design/decisions/056.
 */
final class Coordinator {
    /** The shortest time between two changes of targets. */
    private static final long REBALANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** The same time for each host: a coordinator then sends at most 4000 unasked leases a second. */
    private static final long REBALANCE_NANOS_PER_HOST = TimeUnit.MICROSECONDS.toNanos(250);

    /** The time between two invitations of hosts until a majority follows (ns). */
    private static final long INVITE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long the first lease of a host is delayed if it would be less than its current share (ns). */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** One part in this many of a share: a larger difference from the target is sent without waiting for a report. */
    private static final int TOLERANCE = 100;

    final long term;
    private final ClusterScope scope;
    private final Timing timing;
    private final OnPartition onPartition;
    private final BiConsumer<String, Offer> out;
    private final Followers followers;
    private final Pools pools;
    private boolean established;
    private long establishedAt;
    private boolean learned;
    private long rebalancedAt;
    private long refreshedAt;

    /** The first moment from which a host may take its safe share before a lease granted then to another one ends. */
    private long lateAt;

    /**
     * Begins a term.
     *
     * @param out sends an offer to a host
     */
    Coordinator(
            long term,
            ClusterScope scope,
            Timing timing,
            OnPartition onPartition,
            BiConsumer<String, Offer> out,
            long now) {
        this.term = term;
        this.scope = scope;
        this.timing = timing;
        this.onPartition = onPartition;
        this.out = out;
        this.followers = new Followers(scope);
        this.pools = new Pools(timing, onPartition);
        this.rebalancedAt = now;
        this.refreshedAt = now;
        this.lateAt = now;
    }

    /** Returns whether a majority follows and has promised to follow no other term. */
    boolean isEstablished(long now) {
        return established && followers.hasSteadyMajority(now);
    }

    /**
     * Returns whether the term can never grant again. A majority follows it but may have followed another term
     * meanwhile. A new term must begin.
     */
    boolean isOver(long now) {
        return established && !followers.hasSteadyMajority(now) && followers.hasMajority(now);
    }

    /** Returns at most {@code most} shares of hosts by group; empty unless the term is established. */
    Map<String, Shares> shares(int most, long now) {
        return isEstablished(now) ? Overview.of(pools.all(), followers.all(), most, now) : Map.of();
    }

    /** Returns whether unknown leases of an earlier coordinator may still be in force. */
    boolean isLearning(long now) {
        boolean isOld = now - establishedAt >= 2 * timing.atMost(timing.lease()) - timing.lease();
        return !learned && !isOld && !followers.areAllKnown();
    }

    /**
     * Takes and answers a report of a host that follows this term.
     *
     * @return whether the host can follow; false if the cluster has more hosts than configured
     */
    boolean receive(String host, Report report, long now) {
        Follower follower = followers.get(host);
        boolean isFirst = follower == null;
        if (follower == null) {
            if (followers.isComplete()) {
                return false;
            }
            ClusterScope itsScope = new ClusterScope(
                    report.weight(),
                    Math.max(scope.totalWeight(), report.weight() + scope.hosts() - 1),
                    scope.hosts(),
                    onPartition);
            follower = new Follower(host, itsScope, timing, onPartition, report, now);
            followers.add(follower);
        } else if (!follower.isNew(report, now)) {
            return true;
        }
        boolean isSteady = !established || followers.hasSteadyMajority(now);
        Report before = isFirst ? null : follower.report();
        follower.receive(report, pools.indexed(report, now), isFirst, isSteady, established, establishedAt, now);
        followers.changed();
        update(follower, before, now);
        establish(now);
        answer(follower, now);
        return true;
    }

    private void update(Follower follower, @Nullable Report before, long now) {
        boolean isFirst = before == null;
        if (!follower.isLate(now) && follower.lateAt(now) - lateAt < 0) {
            lateAt = follower.lateAt(now);
        }
        for (Pool pool : pools.all()) {
            GroupReport report = follower.report(pool);
            GroupReport last = before == null ? null : before.groups().get(pool.name);
            if (report != null) {
                if (isFirst) {
                    pool.know(report);
                }
                pool.dirty |= last == null
                        || !last.wants().equals(report.wants())
                        || !last.minimum().equals(report.minimum());
            }
            if (isFirst || (report != null && (last == null || !last.terms().equals(report.terms())))) {
                updateTerms(pool, now);
            }
            pool.refresh(follower, now);
        }
    }

    private void updateTerms(Pool pool, long now) {
        pool.updateTerms(followers.all(), followers.isComplete(), now);
        followers.all().forEach(each -> pool.refresh(each, now));
        pool.dirty = true;
    }

    /** See {@link ClusterNode#change}. Returns null also while limits of an earlier coordinator may be unknown. */
    @Nullable
    GroupTerms change(String group, Map<String, Long> changes, boolean isSaved, long millis, long now) {
        Pool pool = pools.get(group);
        if (!learned || pool == null || !isEstablished(now)) {
            return null;
        }
        if (changes.isEmpty()) {
            return pool.kept(followers.all(), scope.hosts());
        }
        pool.change(changes, isSaved, millis);
        updateTerms(pool, now);
        return pool.terms();
    }

    private void establish(long now) {
        if (!established && followers.hasMajority(now)) {
            established = true;
            establishedAt = now;
            followers.all().forEach(follower -> offer(follower, now));
        }
    }

    /** Makes the grants that have become possible. Must be called at {@link #tickAt} at the latest. */
    void tick(long now) {
        establish(now);
        if (!isEstablished(now)) {
            return;
        }
        if (!learned && !isLearning(now)) {
            learned = true;
            pools.fill(now);
        }
        refresh(now);
        if (now - rebalancedAt >= rebalanceNanos() && learned) {
            rebalancedAt = now;
            List<Pool> changed = pools.all().stream().filter(pool -> pool.dirty).toList();
            changed.forEach(pool -> setTargets(pool, now));
            push(changed, now);
        }
    }

    /** Returns the shortest time between two changes of targets (ns). It grows with the number of hosts. */
    private long rebalanceNanos() {
        return Math.max(REBALANCE_NANOS, REBALANCE_NANOS_PER_HOST * followers.size());
    }

    private void setTargets(Pool pool, long now) {
        pool.dirty = false;
        for (LimitKey key : LimitKey.ALL) {
            if (pool.terms().limits(key)) {
                pool.setTargets(key, pool.goal(key, followers.isComplete(), now), followers.all(), now);
            }
        }
    }

    /** Returns the time between two invitations of the reachable hosts (ns). */
    long inviteNanos(long now) {
        return isEstablished(now) ? timing.report() : INVITE_NANOS;
    }

    /**
     * Returns the moment of the next call of {@link #tick}. It is soon while grants may have become possible.
     *
     * @param tickedAt the moment of the last call
     */
    long tickAt(long tickedAt, long now) {
        if (learned && pools.all().stream().anyMatch(pool -> pool.dirty)) {
            return tickedAt + REBALANCE_NANOS;
        }
        if (!isEstablished(now)) {
            return tickedAt + INVITE_NANOS;
        }
        long refreshAt = refreshedAt + timing.report();
        return lateAt - refreshAt < 0 ? lateAt : refreshAt;
    }

    /** Updates the usable shares after ended leases and for hosts that may take their safe share. */
    private void refresh(long now) {
        if (now - refreshedAt < timing.report() && now - lateAt < 0) {
            return;
        }
        refreshedAt = now;
        lateAt = now + timing.report();
        for (Follower follower : followers.all()) {
            if (!follower.isLate(now) && follower.lateAt(now) - lateAt < 0) {
                lateAt = follower.lateAt(now);
            }
            pools.all().forEach(pool -> pool.refresh(follower, now));
        }
        pools.all().forEach(pool -> pool.dirty = true);
    }

    /** Grants a new lease to each host whose share differs from its target. Hosts that lose come first. */
    private void push(List<Pool> changed, long now) {
        List<Follower> takers = new ArrayList<>();
        long pause = rebalanceNanos();
        for (Follower follower : followers.all()) {
            if (!follower.isLive(now) || !follower.hasLease()) {
                continue;
            }
            if (now - follower.pushedAt() < pause) {
                // tried again after the pause
                changed.forEach(pool -> pool.dirty = pool.dirty || change(follower, pool, now) != 0);
                continue;
            }
            int change = 0;
            for (Pool pool : changed) {
                change |= change(follower, pool, now);
            }
            if ((change & 1) != 0) {
                offerLease(follower, now);
            } else if (change != 0) {
                takers.add(follower);
            }
        }
        takers.forEach(follower -> offerLease(follower, now));
    }

    /** Returns the sum of 1 if a limit of the host is above its target and 2 if one is below it and can rise. */
    private int change(Follower follower, Pool pool, long now) {
        int change = 0;
        for (LimitKey key : LimitKey.ALL) {
            if (!pool.terms().limits(key)) {
                continue;
            }
            long has = follower.newestShare(pool, key);
            long target = follower.target(pool)[key.ordinal()];
            long tolerance = Math.max(1, has / TOLERANCE);
            if (target < has - tolerance) {
                change |= 1;
            } else if (target > has + tolerance
                    && pool.room(key, pool.budget(key, followers.isComplete(), now), follower) > has + tolerance) {
                change |= 2;
            }
        }
        return change;
    }

    private void answer(Follower follower, long now) {
        if (established && isEstablished(now)) {
            tick(now);
        }
        offerLease(follower, now);
    }

    /** Sends an offer with a lease if the host can get one and otherwise without. */
    private void offerLease(Follower follower, long now) {
        boolean grants = isEstablished(now) && (learned || follower.hasAnswered());
        Map<String, GroupLease> lease = grants ? lease(follower, now) : null;
        long number = follower.nextOffer(now);
        follower.pushedAt(now);
        if (lease != null) {
            follower.grant(number, pools.indexed(lease), now);
            pools.all().forEach(pool -> pool.refresh(follower, now));
            Report last = follower.report();
            out.accept(follower.host, new Offer(term, number, true, false, last.incarnation(), last.sequence(), lease));
        } else {
            out.accept(follower.host, offer(follower, number, now));
        }
    }

    /** Returns the lease that a host can get; null if it should wait for one. */
    private @Nullable Map<String, GroupLease> lease(Follower follower, long now) {
        refresh(now);
        Map<String, GroupLease> lease = new LinkedHashMap<>();
        boolean[] loses = new boolean[1];
        for (Pool pool : pools.all()) {
            GroupReport report = follower.report(pool);
            if (report != null) {
                Rates share = Rates.of(key -> pool.terms().limits(key)
                        ? share(follower, pool, key, report.has().get(key), now, loses)
                        : 0);
                lease.put(pool.name, new GroupLease(pool.terms(), share));
            }
        }
        return loses[0] && now - establishedAt < PATIENCE_NANOS ? null : lease;
    }

    private long share(Follower follower, Pool pool, LimitKey key, long has, long now, boolean[] loses) {
        long room = pool.room(key, pool.budget(key, followers.isComplete(), now), follower);
        long wanted = learned ? follower.target(pool)[key.ordinal()] : has;
        loses[0] |= !learned && room < has;
        long least = follower.scope.least(pool.terms().rate().get(key));
        // under hold nothing is reserved for a host without a share, so its floor must fit into the room
        long floor = onPartition == OnPartition.HOLD ? Math.min(Math.min(least, room), learned ? least : has) : least;
        return Math.max(0, Math.max(floor, Math.min(wanted, room)));
    }

    /**
     * Sends an offer without a lease: an invitation, or for a follower the news that the term continues. Does nothing if
     * the host has got an answer since the last period of reports.
     */
    void offer(String host, long now) {
        Follower follower = followers.get(host);
        if (follower != null) {
            if (now - follower.pushedAt() > timing.report()) {
                offer(follower, now);
            }
        } else {
            out.accept(host, new Offer(term, 0, isEstablished(now), false, 0, 0, null));
        }
    }

    private void offer(Follower follower, long now) {
        out.accept(follower.host, offer(follower, follower.nextOffer(now), now));
    }

    private Offer offer(Follower follower, long number, long now) {
        return new Offer(
                term, number, isEstablished(now), false, follower.report().incarnation(), 0, null);
    }

    /** Ends the term. It grants no more leases. */
    void resign(long now) {
        established = false;
        followers
                .all()
                .forEach(follower ->
                        out.accept(follower.host, new Offer(term, follower.nextOffer(now), false, true, 0, 0, null)));
        followers.clear();
    }
}
