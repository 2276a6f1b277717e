package dev.weir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.OnPartition;
import dev.weir.cluster.lease.Simulation.Host;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes of limits for all hosts, which the coordinator applies one after another. */
class ChangedLimitsTest {
    private static final long SECOND = Simulation.SECOND;
    private static final long LIMIT = 3_000;
    private static final int RUNS = 300;
    private static final List<String> KEYS = List.of("iops", "bps", "bps_wr", "iops_rd");

    /** The simulation checks the sum of the shares of its limit, so no test may raise that one. */
    private static Simulation started(long seed) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", LIMIT));
        Simulation simulation = new Simulation(seed, 3, 1, limits, OnPartition.SAFE_SHARE);
        simulation.detection = SECOND / 10;
        simulation.all.forEach(Host::start);
        simulation.run(15 * SECOND);
        return simulation;
    }

    private static ClusterNode node(Host host) {
        return Objects.requireNonNull(host.node);
    }

    /** Changes limits by the coordinator, which tells the host of the command; null if no host coordinates. */
    private static @Nullable GroupTerms change(Simulation simulation, Host of, Map<String, Long> changes, long millis) {
        Host coordinator = simulation.all.stream()
                .filter(host -> host.node != null && host.name.equals(node(of).followed()))
                .findAny()
                .orElse(of);
        GroupTerms terms = node(coordinator).change(Simulation.GROUP, changes, false, millis, coordinator.clock());
        if (terms != null) {
            coordinator.step(() -> {});
            of.step(() -> node(of).told(Simulation.GROUP, terms));
        }
        return terms;
    }

    private static ThrottleLimits limits(Host host) {
        return node(host).share(Simulation.GROUP, host.clock()).terms().limits();
    }

    private static void assertLimits(Simulation simulation, Map<String, Long> expected) {
        for (Host host : simulation.all) {
            assertEquals(expected, limits(host).toMap(), host.name);
        }
    }

    @Test
    void changesOfDifferentKeysBothTakeEffect() {
        Simulation simulation = started(1);
        assertNotNull(change(simulation, simulation.all.get(1), Map.of("iops", 600L), 7));
        assertNotNull(change(simulation, simulation.all.get(2), Map.of("bps", 5_000L), 7));
        simulation.run(2 * SECOND);
        assertLimits(simulation, Map.of("iops", 600L, "bps", 5_000L));
        assertNotNull(change(simulation, simulation.all.get(1), Map.of("bps", 0L), 8));
        simulation.run(2 * SECOND);
        assertLimits(simulation, Map.of("iops", 600L));
    }

    /** The clock of the coordinator may be behind that of the last one. */
    @Test
    void laterChangeOfAKeyAtTheCoordinatorWins() {
        Simulation simulation = started(2);
        assertNotNull(change(simulation, simulation.all.get(1), Map.of("iops", 600L), 9));
        assertNotNull(change(simulation, simulation.all.get(2), Map.of("iops", 700L), 8));
        simulation.run(2 * SECOND);
        assertLimits(simulation, Map.of("iops", 700L));
    }

    @Test
    void changeToInvalidLimitsIsRefused() {
        Simulation simulation = started(3);
        assertNotNull(change(simulation, simulation.all.get(1), Map.of("iops_max", 4_000L), 7));
        assertThrows(
                IllegalArgumentException.class, () -> change(simulation, simulation.all.get(2), Map.of("iops", 0L), 8));
        simulation.run(2 * SECOND);
        assertLimits(simulation, Map.of("iops", LIMIT, "iops_max", 4_000L));
    }

    /** A change must survive until each host has it, also if the host of the command restarts. */
    @Test
    void changeOutlastsARestartOfItsHost() {
        Simulation simulation = started(4);
        Host commander = simulation.all.get(2);
        assertNotNull(change(simulation, commander, Map.of("iops", 600L), 7));
        simulation.run(5 * Simulation.MILLI);
        commander.crash();
        commander.start();
        simulation.run(3 * SECOND);
        assertLimits(simulation, Map.of("iops", 600L));
    }

    /** A configuration replaces a change once all hosts have it. */
    @Test
    void localChangeReplacesAChangeOfTheCluster() {
        Simulation simulation = started(5);
        assertNotNull(change(simulation, simulation.all.get(1), Map.of("iops", 600L), 7));
        simulation.run(2 * SECOND);
        Host host = simulation.all.get(2);
        host.step(() -> node(host).limits(Simulation.GROUP, ThrottleLimits.of(Map.of("iops", 500L))));
        simulation.run(3 * SECOND);
        assertLimits(simulation, Map.of("iops", 500L));
    }

    @Test
    void hostWithoutAMajorityChangesNothing() {
        Simulation simulation = started(6);
        Host cutOff = simulation.all.get(0);
        assertEquals(cutOff.name, node(cutOff).followed());
        cutOff.side = 1;
        simulation.run(4 * SECOND);
        assertNull(node(cutOff).change(Simulation.GROUP, Map.of("iops", 600L), false, 7, cutOff.clock()));
        assertLimits(simulation, Map.of("iops", LIMIT));
    }

    @Test
    void groupThatNoHostHasReportedIsNotChanged() {
        Host coordinator = started(8).all.get(0);
        assertNull(node(coordinator).change("unknown", Map.of("iops", 600L), false, 7, coordinator.clock()));
    }

    /** The new coordinator does not know a change that only the host of the command has seen, until it reports. */
    @Test
    void changeOutlastsItsCoordinator() {
        Simulation simulation = started(7);
        Host coordinator = simulation.all.get(0);
        Host first = simulation.all.get(2);
        assertNotNull(change(simulation, first, Map.of("iops", 600L), 7));
        coordinator.crash();
        first.paused = true;
        simulation.sight();
        simulation.run(SECOND);
        coordinator.start();
        simulation.sight();
        GroupTerms terms = null;
        for (int i = 0; terms == null && i < 1_000; i++) {
            simulation.run(10 * Simulation.MILLI);
            if (i == 50) {
                first.resume();
                simulation.sight();
            }
            terms = change(simulation, simulation.all.get(1), Map.of("bps", 5_000L), 8);
        }
        assertNotNull(terms);
        simulation.run(3 * SECOND);
        assertLimits(simulation, Map.of("iops", 600L, "bps", 5_000L));
    }

    /** Messages are lost, late and repeated. The accepted changes count in their order. */
    @Test
    void acceptedChangesReachAllHostsUnderFaults() {
        int accepted = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            Simulation simulation = started(seed);
            Random random = new Random(seed);
            simulation.lossPercent = random.nextInt(30);
            simulation.repeatPercent = random.nextInt(10);
            simulation.maxDelay = random.nextInt(500) * Simulation.MILLI + 1;
            Map<String, Long> expected = new HashMap<>(Map.of("iops", LIMIT));
            for (int i = 0; i < 20; i++) {
                Host host = simulation.all.get(random.nextInt(3));
                String key = KEYS.get(random.nextInt(KEYS.size()));
                long value = 3L + random.nextInt((int) LIMIT - 3);
                if (change(simulation, host, Map.of(key, value), 1_000 - i) != null) {
                    expected.put(key, value);
                    accepted++;
                }
                simulation.run(random.nextInt(1_000) * Simulation.MILLI);
            }
            simulation.lossPercent = 0;
            simulation.run(10 * SECOND);
            assertLimits(simulation, expected);
        }
        int all = accepted;
        assertTrue(all > RUNS * 10, () -> all + " accepted changes");
    }

    /** Returns whether a coordinator makes a change and then confirms it within five seconds. */
    private static boolean isConfirmed(Simulation simulation, Host coordinator, String key, long value) {
        ClusterNode node = coordinator.node;
        if (node == null) {
            return false;
        }
        long now = coordinator.clock();
        GroupTerms made = node.change(Simulation.GROUP, Map.of(key, value), false, simulation.now, now);
        for (int i = 0; made != null && node == coordinator.node && i < 500; i++) {
            simulation.run(10 * Simulation.MILLI);
            GroupTerms kept = node.change(Simulation.GROUP, Map.of(), false, 0, coordinator.clock());
            if (kept != null && kept.version() >= made.version()) {
                return true;
            }
        }
        return false;
    }

    private static Host coordinator(Simulation simulation) {
        return simulation.all.stream()
                .filter(host -> host.node != null && host.name.equals(node(host).followed()))
                .filter(host -> host.side == 0)
                .findAny()
                .orElse(simulation.all.get(0));
    }

    /** Cuts a host off, or lets it crash and start again, for a while. */
    private static void fail(Simulation simulation, Host host, boolean isCrash, long from, long until) {
        simulation.at(from, () -> {
            host.side = isCrash ? 0 : 1;
            if (isCrash) {
                host.crash();
            }
            simulation.sight();
        });
        simulation.at(until, () -> {
            host.side = 0;
            if (isCrash) {
                host.start();
            }
            simulation.sight();
        });
    }

    /** A host fails around a change of the coordinator, and then another limit is changed. */
    @Test
    void confirmedChangesOutlastAFaultOfAnyHost() {
        int changes = 0;
        int confirmed = 0;
        for (long seed = 0; seed < RUNS; seed++) {
            Simulation simulation = started(seed);
            Random random = new Random(seed);
            Map<String, Long> expected = new HashMap<>();
            for (List<String> keys : List.of(List.of("bps", "bps_rd"), List.of("iops_wr", "bps_wr"))) {
                Host first = coordinator(simulation);
                Host failed = random.nextInt(3) > 0 ? first : simulation.all.get(random.nextInt(3));
                long from = simulation.now + 1 + random.nextInt(200) * Simulation.MILLI;
                fail(simulation, failed, random.nextBoolean(), from, from + 20 * SECOND);
                simulation.run(random.nextInt(2_000) * Simulation.MILLI);
                for (String key : keys) {
                    long value = 3L + random.nextInt((int) LIMIT);
                    changes++;
                    if (isConfirmed(
                            simulation, key.equals(keys.get(0)) ? first : coordinator(simulation), key, value)) {
                        expected.put(key, value);
                        confirmed++;
                    }
                    simulation.run(13 * SECOND);
                }
                simulation.run(15 * SECOND);
            }
            for (Host host : simulation.all) {
                Map<String, Long> limits = limits(host).toMap();
                expected.forEach((key, value) ->
                        assertEquals(value, limits.get(key), () -> host.name + " " + key + " of " + limits));
            }
        }
        String counts = confirmed + " of " + changes + " changes were confirmed";
        assertTrue(confirmed > changes / 3 && confirmed < changes * 9 / 10, counts);
    }
}
