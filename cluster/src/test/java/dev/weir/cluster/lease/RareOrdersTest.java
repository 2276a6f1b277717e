package dev.weir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.GroupLease;
import dev.weir.cluster.message.GroupReport;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Rates;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Orders of messages that random runs rarely meet. */
class RareOrdersTest {
    private static final long SECOND = Simulation.SECOND;
    private static final ClusterScope THIRD = new ClusterScope(1, 3, 3, OnPartition.SAFE_SHARE);
    private static final ThrottleLimits LIMITS = ThrottleLimits.of(Map.of("iops", 3_000L));
    private static final GroupTerms TERMS = GroupTerms.of(0, LIMITS);
    private static final Map<String, GroupLease> ALL = Map.of("g", new GroupLease(TERMS, Rates.of(LIMITS)));

    private final List<Offer> offers = new ArrayList<>();

    private static Holder holder() {
        Holder holder = new Holder(Timing.DEFAULT, THIRD, OnPartition.SAFE_SHARE);
        holder.add("g", LIMITS, 0);
        return holder;
    }

    @Test
    void leaseOfTheTimeBeforeTheHostLeftIsRefused() {
        Holder holder = holder();
        long asked = holder.report(1, 1, 1, 0, group -> Demand.NONE, 0).sequence();
        holder.followsAnother();
        assertFalse(holder.accept(1, asked, ALL, SECOND));
        long again = holder.report(1, 1, 2, 0, group -> Demand.NONE, SECOND).sequence();
        assertTrue(holder.accept(2, again, ALL, SECOND));
        assertEquals(3_000, holder.share("g", 6 * SECOND - 1).share().get(Simulation.KEY));
        assertEquals(1_000, holder.share("g", 6 * SECOND).share().get(Simulation.KEY));
    }

    @Test
    void leaseOfAnotherIncarnationIsRefused() {
        ClusterNode node = new ClusterNode(
                "h1",
                7,
                THIRD,
                Timing.DEFAULT,
                group -> Demand.NONE,
                new ClusterNode.Outbox() {
                    @Override
                    public void send(String host, Offer offer) {
                        offers.add(offer);
                    }

                    @Override
                    public void send(String host, Report report) {
                        // the test is the coordinator
                    }
                },
                0);
        node.add("g", LIMITS, 0);
        node.view(List.of("h0", "h1"), 0);
        node.receive("h0", new Offer(1, 1, true, false, 0, 0, null), SECOND);
        assertEquals("h0", node.followed());
        node.receive("h0", new Offer(1, 2, true, false, 6, 1, ALL), SECOND);
        assertEquals(20, node.share("g", SECOND).share().get(Simulation.KEY));
        node.receive("h0", new Offer(1, 3, true, false, 7, 1, ALL), SECOND);
        assertEquals(3_000, node.share("g", SECOND).share().get(Simulation.KEY));
    }

    private static Report report(long sequence, long received, long has) {
        Rates share = Rates.of(key -> key == Simulation.KEY ? has : 0);
        return new Report(
                1,
                sequence,
                5,
                1,
                received,
                0,
                1,
                Map.of("g", new GroupReport(TERMS, share, Rates.NONE, share, Rates.NONE)));
    }

    @Test
    void onlyReportsOfTheEstablishedTermAreConfirmed() {
        Coordinator coordinator = new Coordinator(
                5, THIRD, Timing.DEFAULT, OnPartition.SAFE_SHARE, (host, offer) -> offers.add(offer), 0);
        coordinator.receive("h1", report(1, 0, 1_000), 0);
        coordinator.receive("h2", report(1, 0, 1_000), 0);
        coordinator.receive("h1", report(2, 1, 1_000), SECOND);
        assertFalse(coordinator.isEstablished(SECOND));
        offers.clear();
        coordinator.receive("h2", report(2, 1, 1_000), SECOND);
        assertTrue(coordinator.isEstablished(SECOND));
        // its report was sent before the majority was there, and so perhaps before another coordinator ended
        offers.forEach(offer -> assertNull(offer.lease()));
        long told = offers.get(offers.size() - 1).number();
        coordinator.receive("h2", report(3, told, 1_000), SECOND + 1);
        assertNotNull(offers.get(offers.size() - 1).lease());
    }

    @Test
    void laterChangeOfTheLimitsWinsAfterAPartition() {
        HeldGroup cutOff = new HeldGroup(LIMITS, 0);
        for (long iops = 100; iops < 110; iops++) {
            cutOff.told(cutOff.terms().changed(Map.of("iops", iops), true, 1_000));
        }
        // the others have restarted and count from the beginning
        GroupTerms other = TERMS.changed(Map.of("iops", 200L), false, 2_000);
        assertEquals(other, cutOff.terms().lower(other));
        cutOff.told(other);
        assertEquals(other, cutOff.terms());
        // also with a clock that is behind
        GroupTerms last = cutOff.terms().changed(Map.of("iops", 300L), false, 1_500);
        assertEquals(300, last.lower(other).rate().get(Simulation.KEY));
    }

    /** The coordinator of a group on other hosts must not bring a change back that all of them had. */
    @Test
    void changeEndsWhenAllHostsHaveRestarted() {
        Pool pool = new Pool("g", 0, Timing.DEFAULT, OnPartition.SAFE_SHARE, 0);
        assertEquals(TERMS, termsAfter(pool, TERMS));
        pool.change(Map.of("iops", 600L), false, 7);
        GroupTerms changed = GroupTerms.of(7, ThrottleLimits.of(Map.of("iops", 600L)));
        assertEquals(changed, termsAfter(pool, TERMS));
        assertEquals(changed, termsAfter(pool, changed));
        assertEquals(TERMS, termsAfter(pool, TERMS));
    }

    /** A group that only some hosts have is never on a majority of all hosts. */
    @Test
    void limitsOfAGroupOnFewHostsAreKeptByAllOfThese() {
        Pool pool = new Pool("g", 0, Timing.DEFAULT, OnPartition.SAFE_SHARE, 0);
        assertEquals(pool.terms(), pool.kept(List.of(), 5));
        GroupTerms changed = GroupTerms.of(7, LIMITS);
        assertEquals(changed, pool.kept(List.of(follower(changed)), 5));
        assertEquals(TERMS, pool.kept(List.of(follower(TERMS), follower(changed)), 5));
        List<Follower> three = List.of(follower(changed), follower(TERMS), follower(changed));
        assertEquals(changed, pool.kept(three, 3));
        assertEquals(TERMS, pool.kept(three, 5));
    }

    private static Follower follower(GroupTerms reported) {
        GroupReport group = new GroupReport(reported, Rates.NONE, Rates.NONE, Rates.NONE, Rates.NONE);
        Report report = new Report(1, 1, 5, 1, 0, 0, 1, Map.of("g", group));
        Follower host = new Follower("h1", THIRD, Timing.DEFAULT, OnPartition.SAFE_SHARE, report, 0);
        host.receive(report, new GroupReport[] {group}, true, true, false, 0, 0);
        return host;
    }

    /** Returns the terms of a group after a report of its only host. */
    private static GroupTerms termsAfter(Pool pool, GroupTerms reported) {
        pool.updateTerms(List.of(follower(reported)), false, 0);
        return pool.terms();
    }

    @Test
    void localChangeBackToTheFirstLimitsIsAChange() {
        HeldGroup group = new HeldGroup(LIMITS, 0);
        group.told(GroupTerms.of(7, ThrottleLimits.of(Map.of("iops", 200L))));
        group.limits(LIMITS);
        assertEquals(GroupTerms.of(8, LIMITS), group.terms());
    }
}
