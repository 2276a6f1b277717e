package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.lease.Following.Term;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One host of a cluster. It holds shares and follows a coordinator, which may be itself. The first reachable member of
 * the cluster is the candidate. A host that follows an established coordinator stays with it.
 *
 * <p>A state machine: its inputs are messages and the time, its outputs are messages. Messages may be delayed, lost,
 * repeated and reordered. Not thread-safe.
 */
public final class ClusterNode {
    /** A message from this host to itself. */
    private record Own(@Nullable Offer offer, @Nullable Report report) {}

    /** Sends messages. Implementations must not call the node. */
    public interface Outbox {
        /** Sends an offer to another host. */
        void send(String host, Offer offer);

        /** Sends a report to another host. */
        void send(String host, Report report);
    }

    private final String self;
    private final long incarnation;
    private final ClusterScope scope;
    private final Timing timing;
    private final OnPartition onPartition;
    private final Function<String, Demand> demand;
    private final Outbox out;
    private final Holder holder;
    private final Following following;
    private final ReportTimer reports;
    private final Deque<Own> own = new ArrayDeque<>();

    private List<String> view;
    private @Nullable Coordinator coordinator;
    private long terms;
    private long invitedAt;
    private long tickedAt;
    private boolean unlisted;
    private long roundTripNanos = -1;

    /**
     * Creates a host without known members.
     *
     * @param incarnation differs after each start of the host
     * @param demand gives the demand of a group
     * @param out sends messages to other hosts
     */
    public ClusterNode(
            String self,
            long incarnation,
            ClusterScope scope,
            Timing timing,
            Function<String, Demand> demand,
            Outbox out,
            long now) {
        this.self = self;
        this.incarnation = incarnation;
        this.scope = scope;
        this.timing = timing;
        this.onPartition = scope.onPartition();
        this.demand = demand;
        this.out = out;
        this.holder = new Holder(timing, scope, onPartition);
        this.view = List.of(self);
        this.invitedAt = now - timing.report();
        this.tickedAt = now;
        this.following = new Following(timing);
        this.reports = new ReportTimer(timing, scope.hosts(), now);
    }

    /** Adds a group. */
    public void add(String group, ThrottleLimits limits, long now) {
        holder.add(group, limits, now);
        reports.soon();
    }

    /** Removes a group. */
    public void remove(String group) {
        holder.remove(group);
    }

    /** Changes the limits of a group on this host. */
    public void limits(String group, ThrottleLimits limits) {
        HeldGroup held = holder.group(group);
        if (held != null) {
            held.limits(limits);
        }
    }

    /** Changes limits of a group; without changes returns {@link Pool#kept}. Returns null unless it coordinates them. */
    public @Nullable GroupTerms change(
            String group, Map<String, Long> changes, boolean isSaved, long millis, long now) {
        return coordinator == null ? null : coordinator.change(group, changes, isSaved, millis, now);
    }

    /** Takes over limits of the coordinator before the lease that has them, unless the host has newer ones. */
    public boolean told(String group, GroupTerms terms) {
        HeldGroup held = holder.group(group);
        if (held == null || terms.version() < held.terms().version()) {
            return false;
        }
        held.told(terms);
        reports.soon();
        return true;
    }

    /** Returns the share in a group that was added. */
    public HeldShare share(String group, long now) {
        return holder.share(group, now);
    }

    /** Takes the reachable members after a change. */
    public void view(List<String> members, long now) {
        view = List.copyOf(members);
        if (!view.contains(self)) {
            throw new IllegalArgumentException(self + " is missing in " + members);
        }
        invitedAt = now - timing.report();
        advance(now);
    }

    /** Reports a new queue to the coordinator at once. */
    public void queueFormed(long now) {
        reports.soon();
        advance(now);
    }

    /** Takes a report of another host. */
    public void receive(String from, Report report, long now) {
        take(from, report, now);
        advance(now);
    }

    /** Takes an offer of another host. */
    public void receive(String from, Offer offer, long now) {
        take(from, offer, now);
        advance(now);
    }

    private void take(String from, Report report, long now) {
        Coordinator current = coordinator;
        if (current == null || report.term() != current.term) {
            // that term has ended, so its follower may follow another one at once
            send(from, new Offer(report.term(), Long.MAX_VALUE, false, true, report.incarnation(), 0, null));
            return;
        }
        if (!current.receive(from, report, now)) {
            unlisted = true;
        }
    }

    private void take(String from, Offer offer, long now) {
        Term of = new Term(from, offer.term());
        if (!of.equals(following.term())) {
            consider(of, offer, now);
        }
        if (!of.equals(following.term())) {
            return;
        }
        if (offer.resigned()) {
            following.end();
            return;
        }
        boolean wasEstablished = following.isEstablished();
        following.hear(offer, now);
        if (offer.established() && !wasEstablished) {
            reports.soon();
        }
        Map<String, GroupLease> lease = offer.lease();
        if (lease != null && offer.incarnation() == incarnation) {
            accept(offer, lease, now);
        }
    }

    private void accept(Offer offer, Map<String, GroupLease> lease, long now) {
        if (holder.isLast(offer.answers()) && offer.number() > holder.leaseNumber()) {
            roundTripNanos = now - reports.sentAt();
        }
        boolean isFirst = holder.leaseNumber() == 0;
        boolean shrinks = holder.shrinks(lease, now);
        boolean grows = holder.grows(lease, now);
        if (!holder.accept(offer.number(), offer.answers(), lease, now)) {
            return;
        }
        if (isFirst || shrinks) {
            // the coordinator can then give the difference to others at once
            reports.soon();
        }
        if (grows && holder.wasHeld()) {
            reports.growing();
        }
    }

    /** Follows another coordinator if it is established or the candidate and no promise forbids it. */
    private void consider(Term other, Offer offer, long now) {
        if (offer.resigned()) {
            return;
        }
        if (offer.established()) {
            following.note(other, now);
        }
        Coordinator current = coordinator;
        if (offer.established() && current != null && !current.isEstablished(now)) {
            // its promise to itself does not bind the host
            coordinator = null;
            current.resign(now);
            deliver(now);
        }
        boolean isRight = offer.established() || view.get(0).equals(other.host());
        if (isRight && following.isFreeFor(other, now)) {
            following.follow(other, now);
            holder.followsAnother();
            reports.soon();
        }
    }

    /** Runs the due steps. Must be called at {@link #nextAt} at the latest. */
    public void advance(long now) {
        coordinate(now);
        deliver(now);
        if (isReportDue(now)) {
            report(now);
            deliver(now);
        }
    }

    private void deliver(long now) {
        for (Own message = own.poll(); message != null; message = own.poll()) {
            if (message.offer != null) {
                take(self, message.offer, now);
            } else if (message.report != null) {
                take(self, message.report, now);
            }
            if (own.isEmpty() && isReportDue(now)) {
                report(now);
            }
        }
    }

    private boolean isCandidate(long now) {
        return view.get(0).equals(self) && !following.prefersOther(self, view, now);
    }

    private void coordinate(long now) {
        Coordinator current = coordinator == null && isCandidate(now) ? begin(now) : coordinator;
        if (current == null) {
            return;
        }
        boolean established = current.isEstablished(now);
        if (!established && !isCandidate(now)) {
            coordinator = null;
            current.resign(now);
            return;
        }
        if (current.isOver(now)) {
            current = begin(now);
        }
        if (current.tickAt(tickedAt, now) - now <= 0) {
            tickedAt = now;
            current.tick(now);
        }
        if (now - invitedAt >= current.inviteNanos(now)) {
            invitedAt = now;
            invite(current, now);
        }
    }

    private Coordinator begin(long now) {
        // unique among the terms of this host, also after its restart
        long term = incarnation + ++terms;
        Coordinator begun = new Coordinator(term, scope, timing, onPartition, this::send, now);
        coordinator = begun;
        invitedAt = now - timing.report();
        return begun;
    }

    private void invite(Coordinator current, long now) {
        for (String host : view) {
            current.offer(host, now);
        }
    }

    private void send(String host, Offer offer) {
        if (host.equals(self)) {
            own.add(new Own(offer, null));
        } else {
            out.send(host, offer);
        }
    }

    private long reportAt() {
        return reports.nextAt(holder.leaseNumber() != 0);
    }

    private boolean isReportDue(long now) {
        return following.canPromise(view, now) && reportAt() - now <= 0;
    }

    private void report(long now) {
        Term term = following.term();
        if (term == null) {
            return;
        }
        reports.sent(now);
        following.promise(now);
        Report report = holder.report(incarnation, term.number(), following.epoch(), following.received(), demand, now);
        if (term.host().equals(self)) {
            own.add(new Own(null, report));
        } else {
            out.send(term.host(), report);
        }
    }

    /** Returns the moment at which {@link #advance} is due. */
    public long nextAt(long now) {
        long next = following.canPromise(view, now) ? reportAt() : now + ReportTimer.FAST_NANOS;
        if (coordinator == null) {
            return next;
        }
        long tick = coordinator.tickAt(tickedAt, now);
        long first = tick - next < 0 ? tick : next;
        return first - now < 0 ? now : first;
    }

    /** Leaves the cluster. A coordinator also releases its followers from their promise. */
    public void leave(long now) {
        if (coordinator != null) {
            coordinator.resign(now);
            coordinator = null;
        }
    }

    /** Returns whether more hosts than configured want to follow this coordinator. */
    public boolean hasUnlisted() {
        return unlisted;
    }

    /** Returns the host that it follows; null if it follows none. */
    public @Nullable String followed() {
        Term term = following.term();
        return term == null ? null : term.host();
    }

    /** Returns whether the followed coordinator has a majority, as far as the host knows. */
    public boolean isEstablished() {
        return following.isEstablished();
    }

    /** Returns the reachable members. */
    public List<String> view() {
        return view;
    }

    /** Returns the time from the last report to its answer (ns); -1 if it is unknown. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** Returns whether another host has other limits of a group. */
    public boolean disagrees(String group) {
        HeldGroup held = holder.group(group);
        return held != null && held.disagrees();
    }

    /** Returns the rates that the drives of a group used when the last report was sent. */
    public Rates used(String group) {
        HeldGroup held = holder.group(group);
        return held == null ? Rates.NONE : held.used();
    }

    /**
     * Returns the shares of all hosts by group; empty unless this host is the established coordinator.
     *
     * @param most the most hosts to list in all groups together
     */
    public Map<String, Shares> shares(int most, long now) {
        Coordinator current = coordinator;
        return current == null ? Map.of() : current.shares(most, now);
    }
}
