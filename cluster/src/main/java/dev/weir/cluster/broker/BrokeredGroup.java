package dev.weir.cluster.broker;

import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.Lease;
import dev.weir.cluster.SharedGroup;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.lease.HeldShare;
import dev.weir.cluster.lease.HeldShare.State;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A group of the engine and its current lease. Confined to the thread of the broker. */
final class BrokeredGroup {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBroker.class);

    private static final String NO_LEASE = "it has no lease of the cluster and on-partition is hold";

    private final SharedGroup group;
    private final ClusterNode node;
    private final Saver saver;
    private final Runnable reporter;
    private ThrottleLimits limits;

    /** The limits that this host saves at the moment. Its configuration then has them. */
    private final List<ThrottleLimits> saving = new ArrayList<>();

    private @Nullable HeldShare applied;
    private @Nullable Lease lease;
    private State state = State.STARTING;
    private long version;
    private boolean disagrees;

    /** Saves limits of a group. */
    interface Saver {

        /**
         * Begins to save limits, in place of earlier ones that are not saved yet.
         *
         * @param after runs on the thread of the broker after the save, also if it fails or others take its place
         */
        void save(String group, ThrottleLimits limits, long version, Runnable after);
    }

    /**
     * Creates a group without a lease.
     *
     * @param saver saves limits that were changed for the whole cluster
     * @param reporter sends a report soon, so that the coordinator knows the limits of this host
     */
    BrokeredGroup(SharedGroup group, ClusterNode node, Saver saver, Runnable reporter) {
        this.group = group;
        this.node = node;
        this.saver = saver;
        this.reporter = reporter;
        this.limits = group.limits();
    }

    SharedGroup group() {
        return group;
    }

    State state() {
        return state;
    }

    /** Passes limits that were changed on this host to the node. */
    void readLimits() {
        ThrottleLimits current = group.limits();
        if (current.equals(limits)) {
            return;
        }
        if (saving.stream().anyMatch(saved -> isSaved(saved, current))) {
            // not a change by an operator: the limits were saved, and newer ones came meanwhile
            group.limits(limits);
            return;
        }
        limits = current;
        applied = null;
        node.limits(group.name(), current);
        reporter.run();
    }

    /** Returns whether the limits differ from those before in keys of a save only. */
    private boolean isSaved(ThrottleLimits saved, ThrottleLimits current) {
        Map<String, Long> before = limits.toMap();
        Map<String, Long> now = current.toMap();
        return ThrottleLimits.keys().stream()
                .allMatch(key -> Objects.equals(now.get(key), before.get(key))
                        || Objects.equals(now.get(key), saved.toMap().get(key)));
    }

    /**
     * Takes over limits that the coordinator has changed for a command of this host.
     *
     * @param wanted the limits that the command asked for; they know the bursts that it removed
     */
    void changed(GroupTerms terms, ThrottleLimits wanted) {
        readLimits();
        if (!node.told(group.name(), terms)) {
            return;
        }
        ThrottleLimits changed = terms.limits();
        group.limits(changed.equals(wanted) ? wanted : changed);
        limits = changed;
        node.limits(group.name(), limits);
    }

    /** Keeps the limits in force while these are saved. {@link #saved} must follow. */
    void saving(ThrottleLimits written) {
        readLimits();
        saving.add(written);
    }

    /** Passes the current share to the engine. Returns whether a lease was lost. */
    boolean apply(long now) {
        HeldShare share = node.share(group.name(), now);
        Lease next = lease;
        if (next == null || !share.equals(applied)) {
            applied = share;
            adopt(share.terms());
            next = lease(share);
        }
        if (!next.equals(lease)) {
            lease = next;
            group.lease(next);
        }
        boolean isLost = state == State.LEASED && share.state() != State.LEASED;
        if (state != share.state()) {
            LOG.info("group {}: its share of the cluster's limits is {}: {}", group.name(), word(share.state()), next);
        }
        state = share.state();
        boolean disagreed = disagrees;
        disagrees = node.disagrees(group.name());
        if (disagrees && !disagreed) {
            LOG.warn(
                    "group {}: other hosts of the cluster have other limits than {}; the lower ones apply",
                    group.name(),
                    limits);
        }
        return isLost;
    }

    /**
     * Returns the group for operators.
     *
     * @param shares the shares of all hosts by group
     */
    ClusterSnapshot.Group look(Map<String, Shares> shares, long now) {
        HeldShare share = node.share(group.name(), now);
        return new ClusterSnapshot.Group(
                group.name(),
                share.terms().limits(),
                node.disagrees(group.name()),
                word(share.state()),
                share.share().toMap(),
                node.used(group.name()).toMap(),
                share.state() == State.LEASED ? share.end() - now : -1,
                shares.get(group.name()));
    }

    private static String word(State state) {
        return state.name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Adopts limits that were changed for the whole cluster. */
    private void adopt(GroupTerms terms) {
        if (terms.version() <= version) {
            return;
        }
        version = terms.version();
        reporter.run();
        ThrottleLimits changed = terms.limits();
        if (!changed.equals(limits)) {
            try {
                group.limits(changed);
                limits = changed;
                LOG.info("group {}: its limits were changed for the whole cluster: {}", group.name(), changed);
            } catch (IllegalArgumentException e) {
                LOG.warn("group {} cannot take over the limits {} of the cluster", group.name(), changed, e);
                return;
            }
        }
        if (terms.isSaved()) {
            saving(changed);
            saver.save(group.name(), changed, version, () -> saved(changed));
        }
    }

    /** Must follow each call of {@link #saving}. */
    void saved(ThrottleLimits written) {
        readLimits();
        saving.remove(written);
    }

    private Lease lease(HeldShare share) {
        Map<String, Long> values = new LinkedHashMap<>();
        ThrottleLimits whole = share.terms().limits();
        boolean hasAll = true;
        for (LimitKey key : LimitKey.ALL) {
            if (whole.rate(key) > 0) {
                long part = part(share, key);
                hasAll &= part > 0;
                // a lease may be older than the limits; 0 would mean no limit
                values.put(key.key(), Math.max(1, Math.min(part, Math.max(whole.rate(key), whole.max(key)))));
            }
        }
        if (whole.iopsSize() > 0) {
            values.put(ThrottleLimits.IOPS_SIZE, whole.iopsSize());
        }
        ThrottleLimits part = ThrottleLimits.of(values);
        if (!hasAll) {
            return Lease.none(part, NO_LEASE);
        }
        return share.state() == State.LEASED ? Lease.until(part, share.end()) : Lease.endless(part);
    }

    /** Returns the share in a limit. One that the lease does not have yet is the least share, which no host grants. */
    private long part(HeldShare share, LimitKey key) {
        long leased = share.share().get(key);
        return leased > 0 || group.scope().holds()
                ? leased
                : group.scope().least(share.terms().rate().get(key));
    }
}
