package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Lease;
import dev.weir.cluster.LimitBroker;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.SharedGroup;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Groups whose limits other hosts share: the share of this host with and without a broker. */
class ClusterGroupTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final ClusterScope THIRD = new ClusterScope(1, 3, 3, OnPartition.SAFE_SHARE);

    private final EngineFixture fixture = new EngineFixture(7);
    private final Broker broker = new Broker();

    /** A broker with leases by the test. */
    private static final class Broker implements LimitBroker {
        private final Map<String, SharedGroup> groups = new LinkedHashMap<>();

        @Override
        public void add(SharedGroup group) {
            groups.put(group.name(), group);
        }

        @Override
        public void remove(SharedGroup group) {
            groups.remove(group.name());
        }

        SharedGroup tenant() {
            return Objects.requireNonNull(groups.get("tenant"));
        }
    }

    @BeforeEach
    void configure() {
        configure(THIRD, 3_000);
        fixture.configure("vm1", "bucket", "tenant", Map.of());
    }

    private void configure(@Nullable ClusterScope scope, long iops) {
        fixture.engine.configure(new GroupSettings("tenant", "bucket", limits(iops), null, Share.DEFAULT, scope));
    }

    private static ThrottleLimits limits(long iops) {
        return ThrottleLimits.of(Map.of("iops", iops));
    }

    private Load load() {
        return new Load(fixture, "vm1", Operation.READ, 512, 16);
    }

    private long released(Load load, long nanos) {
        long before = load.requests();
        fixture.clock.advance(nanos);
        return load.requests() - before;
    }

    @Test
    void limitsAfterAChangeAreCheckedAndNotApplied() {
        fixture.engine.broker(broker);
        SharedGroup tenant = broker.tenant();
        ThrottleLimits before = tenant.limits();
        ThrottleLimits after = tenant.changed(Map.of("bps", 9_000L));
        assertEquals(ThrottleLimits.of(Map.of("iops", 3_000L, "bps", 9_000L)), after);
        assertThrows(IllegalArgumentException.class, () -> tenant.changed(Map.of("bps", 2L)));
        assertEquals(before, tenant.limits());
    }

    @Test
    void groupWithoutBrokerTakesTheSafeShareLater() {
        Load load = load();
        // one fiftieth of a third
        assertEquals(20 * 10, released(load, 10 * SECOND), 5);
        fixture.clock.advance(SECOND);
        assertEquals(1_000 * 10, released(load, 10 * SECOND), 110);
        assertEquals(limits(3_000), fixture.group("tenant").snapshot().limits());
        assertEquals(limits(1_000), fixture.group("tenant").snapshot().lease());
    }

    @Test
    void demandDuringAReleaseStopsNothing() {
        fixture.engine.broker(broker);
        broker.tenant().lease(Lease.endless(limits(100)));
        AtomicInteger completed = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            // completes while the released request is handed over
            fixture.submit("vm1", this, Operation.READ, 0, 512, request -> {
                broker.tenant().demand();
                completed.incrementAndGet();
            });
        }
        fixture.clock.advance(SECOND);
        assertEquals(100, completed.get());
    }

    @Test
    void safeShareFollowsAChangeOfTheLimits() {
        fixture.clock.advance(11 * SECOND);
        fixture.group("tenant").limits(limits(6_000));
        assertEquals(2_000 * 10, released(load(), 10 * SECOND), 210);
    }

    @Test
    void changeThatTheFileRefusesIsRefused() {
        GroupControl tenant = fixture.group("tenant");
        refuses("iops = 2: must be at least 3, one for each host of the cluster", () -> tenant.limits(limits(2)));
        refuses(
                "iops_per_gib: must not scale with the size of drives with scope = cluster",
                () -> tenant.limits(ThrottleLimits.of(Map.of("iops", 3_000L, "iops_per_gib", 10L))));
        refuses(
                "parent = other: must not be set with scope = cluster",
                () -> tenant.change(limits(3), "other", Share.DEFAULT));
        assertEquals(limits(3_000), tenant.snapshot().limits());
        tenant.limits(limits(3));
        assertEquals(limits(3), tenant.snapshot().limits());
    }

    private static void refuses(String message, Executable change) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, change).getMessage());
    }

    @Test
    void leastShareStaysUnderLastShare() {
        configure(new ClusterScope(1, 3, 3, OnPartition.LAST_SHARE), 3_000);
        fixture.clock.advance(60 * SECOND);
        assertEquals(20 * 10, released(load(), 10 * SECOND), 5);
    }

    @Test
    void everyRequestWaitsWithoutABrokerUnderHold() {
        configure(new ClusterScope(1, 3, 3, OnPartition.HOLD), 3_000);
        assertEquals(0, released(load(), 60 * SECOND));
        assertEquals(
                "it has no lease of the cluster",
                fixture.group("tenant").snapshot().reason());
    }

    @Test
    void groupOfALoneHostHasItsWholeLimit() {
        configure(ClusterScope.ALONE, 3_000);
        fixture.engine.broker(broker);
        assertTrue(broker.groups.isEmpty());
        assertEquals(3_000 * 10, released(load(), 10 * SECOND), 310);
    }

    @Test
    void leaseIsTheLimitUntilItEnds() {
        fixture.engine.broker(broker);
        Load load = load();
        broker.tenant().lease(Lease.until(limits(500), fixture.clock.nanoTime() + 10 * SECOND));
        assertEquals(500 * 10, released(load, 10 * SECOND), 55);
        // the broker is late: at most the last share and the safe share
        assertEquals(500 * 10, released(load, 10 * SECOND), 5);
        broker.tenant().lease(Lease.until(limits(2_000), fixture.clock.nanoTime() + SECOND));
        fixture.clock.advance(SECOND);
        assertEquals(1_000 * 10, released(load, 10 * SECOND), 105);
        broker.tenant().lease(Lease.until(limits(500), fixture.clock.nanoTime() + 10 * SECOND));
        assertEquals(500 * 5, released(load, 5 * SECOND), 55);
    }

    @Test
    void endedLeaseHoldsEveryRequestUnderHold() {
        configure(new ClusterScope(1, 3, 3, OnPartition.HOLD), 3_000);
        fixture.engine.broker(broker);
        Load load = load();
        broker.tenant().lease(Lease.until(limits(500), fixture.clock.nanoTime() + 10 * SECOND));
        fixture.clock.advance(10 * SECOND);
        assertEquals(0, released(load, 10 * SECOND));
    }

    @Test
    void requestsWaitWithoutAShareAndSayWhy() {
        fixture.engine.broker(broker);
        broker.tenant().lease(Lease.none(limits(1), "the cluster has no majority"));
        assertEquals(0, released(load(), 10 * SECOND));
        assertEquals(
                "the cluster has no majority",
                fixture.group("tenant").snapshot().reason());
        broker.tenant().lease(Lease.endless(limits(100)));
        assertEquals("", fixture.group("tenant").snapshot().reason());
    }

    @Test
    void demandCountsRequestsAndNamesTheLimitThatHolds() {
        fixture.engine.broker(broker);
        broker.tenant().lease(Lease.endless(limits(100)));
        Load load = load();
        fixture.clock.advance(SECOND);
        assertEquals(load.requests(), broker.tenant().demand().reads());
        assertEquals(load.requests() * 512, broker.tenant().demand().total(LimitKey.BPS));
        assertEquals(Set.of(LimitKey.IOPS), broker.tenant().demand().held());
        assertEquals(16, broker.tenant().demand().queued());
    }

    @Test
    void ownLimitOfADriveIsNoDemand() {
        fixture.engine.broker(broker);
        broker.tenant().lease(Lease.endless(limits(1_000)));
        fixture.configure("vm1", "bucket", "tenant", Map.of("iops", 10L));
        load();
        fixture.clock.advance(SECOND);
        assertTrue(broker.tenant().demand().queued() > 0);
        assertEquals(Set.of(), broker.tenant().demand().held());
    }

    @Test
    void brokerLearnsOnceThatAQueueForms() {
        AtomicInteger formed = new AtomicInteger();
        fixture.engine.broker(broker);
        broker.tenant().onQueue(formed::incrementAndGet);
        load();
        fixture.clock.advance(SECOND);
        assertEquals(1, formed.get());
    }

    @Test
    void groupLeftByItsBrokerBeginsWithTheLeastShare() {
        fixture.engine.broker(broker);
        broker.tenant().lease(Lease.endless(limits(3_000)));
        fixture.engine.broker(null);
        assertTrue(broker.groups.isEmpty());
        assertEquals(limits(20), fixture.group("tenant").snapshot().lease());
    }

    @Test
    void groupOfThisHostHasNoLease() {
        fixture.engine.broker(broker);
        configure(null, 3_000);
        assertTrue(broker.groups.isEmpty());
        assertNull(fixture.group("tenant").snapshot().lease());
        assertEquals(3_000 * 10, released(load(), 10 * SECOND), 310);
    }

    @Test
    void changeOfTheLimitsReachesTheBroker() {
        fixture.engine.broker(broker);
        configure(THIRD, 6_000);
        assertEquals(limits(6_000), broker.tenant().limits());
        fixture.group("tenant").limits(limits(9_000));
        assertEquals(limits(9_000), broker.tenant().limits());
    }

    @Test
    void removedGroupLeavesTheBroker() {
        fixture.engine.broker(broker);
        fixture.engine.removeGroup("tenant");
        assertTrue(broker.groups.isEmpty());
    }
}
