package dev.weir.cluster.lease;

import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one group for all hosts and the sums of their shares. Not thread-safe.
 *
 * <p>All hosts share one reserve for bursts, whose size is the depth of a burst. It fills while less than the limit is
 * leased and empties while more is. A lease above the limit needs enough of the reserve for its whole length.
 */
final class Pool {
    private static final int KEYS = LimitKey.ALL.size();

    /** The part of the reserve that targets use. */
    private static final double GOAL_PART = 0.8;

    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    final String name;

    /** The place of the group in the arrays of {@link Follower}. */
    final int index;

    private final Timing timing;
    private final OnPartition onPartition;
    private final long[] sums = new long[KEYS];
    private final double[] reserve = new double[KEYS];

    /** The safe shares in each limit of the hosts that do not report to this coordinator. */
    private final long[] absent = new long[KEYS];

    /** The sum of the shares that hosts had when they began to follow. */
    private final long[] known = new long[KEYS];

    private long reserveAt;
    private boolean fills;
    private boolean hasBurst;

    /** The limits of a change for the whole cluster that some hosts have not taken over yet; null for none. */
    private @Nullable GroupTerms changed;

    private GroupTerms terms = new GroupTerms(0, false, Rates.NONE, Rates.NONE, Rates.NONE);

    /** Whether the targets must be computed again. */
    boolean dirty = true;

    Pool(String name, int index, Timing timing, OnPartition onPartition, long now) {
        this.name = name;
        this.index = index;
        this.timing = timing;
        this.onPartition = onPartition;
        this.reserveAt = now;
    }

    GroupTerms terms() {
        return terms;
    }

    /** Changes some limits; see {@link GroupTerms#changed}. {@link #updateTerms} must follow. */
    void change(Map<String, Long> changes, boolean isSaved, long millis) {
        changed = terms.changed(changes, isSaved, millis);
    }

    /**
     * Returns the limits of the newest version that a majority of the hosts has. If fewer hosts have the group, all of
     * them must have the version. A later coordinator knows these limits, because it has a majority too.
     *
     * @param hosts the number of configured hosts
     */
    GroupTerms kept(Collection<Follower> followers, int hosts) {
        List<GroupTerms> newest = followers.stream()
                .map(follower -> follower.report(this))
                .filter(Objects::nonNull)
                .map(GroupReport::terms)
                .sorted(Comparator.comparingLong(GroupTerms::version).reversed())
                .toList();
        return newest.isEmpty() ? terms : newest.get(Math.min(hosts / 2 + 1, newest.size()) - 1);
    }

    /**
     * Computes the limits from the last change and the reports of all hosts, and the part of the hosts that do not
     * follow.
     */
    void updateTerms(Collection<Follower> followers, boolean isComplete, long now) {
        settle(now);
        GroupTerms newest = changed;
        GroupTerms lowest = null;
        boolean isTakenOver = true;
        for (Follower follower : followers) {
            GroupReport report = follower.report(this);
            if (report != null) {
                lowest = lowest == null ? report.terms() : lowest.lower(report.terms());
                isTakenOver &= newest == null || report.terms().version() >= newest.version();
            }
        }
        if (lowest != null && isTakenOver) {
            // from now on the hosts keep it, also for the next coordinator
            changed = null;
        } else if (newest != null) {
            lowest = lowest == null ? newest : newest.lower(lowest);
        }
        terms = Objects.requireNonNullElse(lowest, terms);
        hasBurst = !terms.depth().isEmpty();
        for (LimitKey key : LimitKey.ALL) {
            absent[key.ordinal()] = isComplete || onPartition == OnPartition.HOLD ? 0 : absent(key, followers);
        }
    }

    private long absent(LimitKey key, Collection<Follower> followers) {
        long limit = terms.rate().get(key);
        long absentOf = limit;
        for (Follower follower : followers) {
            absentOf -= follower.scope.safe(limit);
        }
        return absentOf;
    }

    /** Returns the part of each limit that is reserved for hosts that do not follow. */
    Rates aside() {
        return Rates.of(key -> Math.max(0, absent[key.ordinal()]));
    }

    /** Adds the shares that a host had when it began to follow. */
    void know(GroupReport report) {
        for (LimitKey key : LimitKey.ALL) {
            known[key.ordinal()] += report.has().get(key);
        }
    }

    /** Updates the usable share of a host. */
    void refresh(Follower follower, long now) {
        settle(now);
        long[] used = follower.used(this);
        for (LimitKey key : LimitKey.ALL) {
            int i = key.ordinal();
            long newUsed =
                    terms.limits(key) ? follower.mayUse(this, key, terms.rate().get(key), now) : 0;
            sums[i] += newUsed - used[i];
            dirty |= newUsed < used[i];
            used[i] = newUsed;
        }
    }

    /** Lets the reserve for bursts fill from now on. Until then it is empty because older leases may be in force. */
    void fill(long now) {
        settle(now);
        fills = true;
    }

    private void settle(long now) {
        if (!hasBurst) {
            reserveAt = now;
            return;
        }
        double seconds = (now - reserveAt) / SECOND;
        reserveAt = now;
        for (LimitKey key : LimitKey.ALL) {
            int i = key.ordinal();
            double depth = terms.depth().get(key);
            if (fills && depth > 0) {
                reserve[i] = Math.min(depth, reserve[i] + (terms.rate().get(key) - absent[i] - sums[i]) * seconds);
            }
        }
    }

    /**
     * Returns the sum of shares that all hosts may have until a lease granted now ends.
     *
     * @param isComplete whether all configured hosts follow
     */
    long budget(LimitKey key, boolean isComplete, long now) {
        return budget(key, isComplete, 1, now);
    }

    /**
     * Returns the sum of the targets. It is less than the budget while a burst ends, because the budget shrinks by up to a
     * fifth of the lent part in a second, the time between two leases of a host. Otherwise the host with the next lease
     * would lose what all others have too much.
     *
     * @param isComplete whether all configured hosts follow
     */
    long goal(LimitKey key, boolean isComplete, long now) {
        return budget(key, isComplete, GOAL_PART, now);
    }

    private long budget(LimitKey key, boolean isComplete, double part, long now) {
        settle(now);
        long limit = terms.rate().get(key);
        long budget = limit - absent[key.ordinal()];
        if (onPartition == OnPartition.LAST_SHARE && !isComplete) {
            return Math.min(budget, known[key.ordinal()]);
        }
        long max = terms.max().get(key);
        if (max <= limit || onPartition == OnPartition.LAST_SHARE) {
            // a last share may stay for good, so no part of it may be lent
            return budget;
        }
        double lent = reserve[key.ordinal()] / (timing.atMost(timing.lease()) / SECOND);
        return budget + (long) Math.max(0, Math.min(max - limit, lent * part));
    }

    /** Returns the part of a limit that a host can get now. */
    long room(LimitKey key, long budget, Follower follower) {
        return budget - (sums[key.ordinal()] - follower.used(this)[key.ordinal()]);
    }

    /** Computes the target of each host. */
    void setTargets(LimitKey key, long budget, Collection<Follower> followers, long now) {
        long capacity = budget;
        List<Follower> members = new ArrayList<>();
        for (Follower follower : followers) {
            if (follower.isLive(now) && follower.report(this) != null) {
                members.add(follower);
            } else {
                capacity -= follower.used(this)[key.ordinal()];
            }
        }
        int size = members.size();
        long[] floors = new long[size];
        long[] minima = new long[size];
        long[] wants = new long[size];
        int[] weights = new int[size];
        for (int i = 0; i < size; i++) {
            Follower member = members.get(i);
            GroupReport report = Objects.requireNonNull(member.report(this));
            floors[i] = member.scope.least(terms.rate().get(key));
            minima[i] = report.minimum().get(key);
            wants[i] = report.wants().get(key);
            weights[i] = member.scope.weight();
        }
        long[] shares = MaxMin.divide(capacity, floors, minima, wants, weights);
        if (terms.max().get(key) == 0) {
            spread(capacity, shares, floors, wants, weights);
        }
        for (int i = 0; i < size; i++) {
            members.get(i).target(this)[key.ordinal()] = shares[i];
        }
    }

    /**
     * Divides the unwanted rest by weight among the hosts with a demand, so a host whose demand rises need not wait.
     * With a burst the rest fills the reserve instead.
     */
    private static void spread(long capacity, long[] shares, long[] floors, long[] wants, int[] weights) {
        long left = capacity - Arrays.stream(shares).sum();
        long weight = 0;
        for (int i = 0; i < shares.length; i++) {
            weight += wants[i] > floors[i] ? weights[i] : 0;
        }
        for (int i = 0; i < shares.length && left > 0 && weight > 0; i++) {
            if (wants[i] > floors[i]) {
                shares[i] += (long) ((double) left * weights[i] / weight);
            }
        }
    }
}
