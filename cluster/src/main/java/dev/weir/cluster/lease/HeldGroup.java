package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import org.jspecify.annotations.Nullable;

/** The limits and the demand of a group on one host. Not thread-safe. */
final class HeldGroup {
    private final Wants wants = new Wants();
    private final long since;
    private GroupTerms own;
    private @Nullable GroupTerms told;
    private Rates used = Rates.NONE;

    HeldGroup(ThrottleLimits limits, long now) {
        this.own = GroupTerms.of(0, limits);
        this.since = now;
    }

    /** Returns the moment from which the host knows the group. */
    long since() {
        return since;
    }

    /** Changes the limits on this host. They also replace a change for the whole cluster. */
    void limits(ThrottleLimits newLimits) {
        if (!GroupTerms.of(own.version(), own.isSaved(), newLimits).equals(own)) {
            own = GroupTerms.of(own.version() == 0 ? 0 : own.version() + 1, newLimits);
        }
    }

    /** Accepts the limits that the coordinator uses. */
    void told(GroupTerms terms) {
        told = terms.equals(own) ? own : terms;
        if (terms.version() > own.version()) {
            own = terms;
        }
    }

    /** Returns the limits in force: those of the coordinator if they are lower. */
    @SuppressWarnings("ReferenceEquality") // equal terms are kept as one object, so that most calls allocate nothing
    GroupTerms terms() {
        return told == null || told == own ? own : own.lower(told);
    }

    /** Returns whether another host has other limits of the same version. */
    boolean disagrees() {
        return told != null && told.version() == own.version() && !told.equals(own);
    }

    GroupReport report(Rates has, Demand demand, long now) {
        GroupTerms terms = terms();
        Rates wanted = wants.update(demand, has, terms, terms.iopsSize(), now);
        Rates minimum = Rates.of(key -> key.direction() == null && terms.limits(key) ? demand.minimum(key) : 0);
        used = wants.used(demand, terms, terms.iopsSize(), now);
        return new GroupReport(own, has, used, wanted, minimum);
    }

    /** Returns the rate that the drives used when the last report was sent. */
    Rates used() {
        return used;
    }

    Rates safe(ClusterScope scope) {
        GroupTerms terms = terms();
        return Rates.of((LimitKey key) -> scope.safe(terms.rate().get(key)));
    }

    Rates least(ClusterScope scope) {
        GroupTerms terms = terms();
        return Rates.of((LimitKey key) -> scope.least(terms.rate().get(key)));
    }
}
