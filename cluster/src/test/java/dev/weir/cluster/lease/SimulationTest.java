package dev.weir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.Rates;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The laws of leases in random runs. {@code -Dweir.cluster.runs=N} sets their number and {@code -Dweir.cluster.seed=S}
 * the first of them.
 */
class SimulationTest {
    private static final long SECOND = Simulation.SECOND;
    private static final long RUNS = Long.getLong("weir.cluster.runs", 10_000);
    private static final long LIMIT = 1_000_000;
    private static final long SEED = Long.getLong("weir.cluster.seed", 1);

    @Test
    void sharesNeverExceedTheLimitUnderAnyFault() {
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            run(seed);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 200})
    void sharesFollowTheDemandWithinTwoReports(int hosts) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", LIMIT));
        Simulation simulation = new Simulation(1, hosts, 1, limits, OnPartition.SAFE_SHARE);
        simulation.detection = SECOND / 10;
        simulation.all.forEach(Simulation.Host::start);
        move(simulation, 0);
        simulation.run(15 * SECOND);
        move(simulation, 1);
        // a report takes up to a second, and the divided shares some more
        simulation.run(5 * SECOND / 2);
        long used = simulation.all.stream()
                .mapToLong(host -> Math.min(host.share(), host.wants))
                .sum();
        assertTrue(used >= 0.95 * LIMIT, () -> "used " + used + " of " + LIMIT);
    }

    /** Moves the whole demand to the hosts with even or odd numbers. */
    private static void move(Simulation simulation, int to) {
        simulation.all.forEach(host -> host.want(host.index % 2 == to ? Rates.UNBOUNDED : 0));
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        int hosts = 2 + random.nextInt(4);
        boolean hasBurst = random.nextInt(4) == 0;
        ThrottleLimits limits = ThrottleLimits.of(
                hasBurst
                        ? Map.of("iops", 3000L, "iops_max", 3000L + random.nextInt(6000), "iops_max_length", 10L)
                        : Map.of("iops", (long) hosts + random.nextInt(10_000)));
        OnPartition onPartition =
                random.nextInt(3) > 0 ? OnPartition.SAFE_SHARE : OnPartition.values()[random.nextInt(3)];
        Simulation simulation = new Simulation(seed, hosts, 3, limits, onPartition);
        simulation.lossPercent = random.nextInt(3) == 0 ? random.nextInt(30) : 0;
        simulation.repeatPercent = random.nextInt(10);
        simulation.maxDelay = random.nextInt(3) == 0 ? random.nextInt(8) * SECOND / 2 : 2 * Simulation.MILLI;
        simulation.all.forEach(Simulation.Host::start);
        try {
            for (int step = 0; step < 12; step++) {
                simulation.run(random.nextInt(6_000) * Simulation.MILLI);
                disturb(simulation, random);
            }
            heal(simulation);
            simulation.run(30 * SECOND);
            assertUsed(simulation);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + onPartition + ": " + e.getMessage(), e);
        }
    }

    private static void disturb(Simulation simulation, Random random) {
        Simulation.Host host = simulation.all.get(random.nextInt(simulation.hosts));
        switch (random.nextInt(8)) {
            case 0 -> {
                simulation.all.forEach(each -> each.side = random.nextInt(2));
                simulation.sight();
            }
            case 1 -> {
                simulation.all.forEach(each -> each.side = 0);
                simulation.sight();
            }
            case 2 -> {
                host.crash();
                simulation.sight();
            }
            case 3 -> {
                if (host.node == null) {
                    host.start();
                }
            }
            case 4 -> {
                host.paused = true;
                simulation.sight();
                simulation.at(simulation.now + random.nextInt(12_000) * Simulation.MILLI, () -> {
                    host.resume();
                    simulation.sight();
                });
            }
            default -> {
                long limit = simulation.limits.rate(Simulation.KEY);
                simulation.all.forEach(each -> each.want(
                        random.nextInt(3) == 0
                                ? 0
                                : random.nextInt(3) == 0 ? Rates.UNBOUNDED : random.nextLong(limit)));
            }
        }
    }

    private static void heal(Simulation simulation) {
        simulation.lossPercent = 0;
        simulation.maxDelay = 2 * Simulation.MILLI;
        for (Simulation.Host host : simulation.all) {
            host.side = 0;
            if (host.paused) {
                host.resume();
            }
            if (host.node == null) {
                host.start();
            }
        }
        simulation.sight();
    }

    /** At least 95 % of the limit is used, or all that is wanted, and shares are max-min fair within 2 %. */
    private static void assertUsed(Simulation simulation) {
        long limit = simulation.limits.rate(Simulation.KEY);
        int size = simulation.hosts;
        long[] wants = new long[size];
        long[] floors = new long[size];
        int[] weights = new int[size];
        List<Long> shares = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Simulation.Host host = simulation.all.get(i);
            wants[i] = host.wants;
            weights[i] = host.weight;
            shares.add(host.share());
        }
        long[] fair = MaxMin.divide(limit, floors, floors, wants, weights);
        double used = 0;
        double wanted = 0;
        for (int i = 0; i < size; i++) {
            used += Math.min(shares.get(i), wants[i]);
            wanted += fair[i];
            // rounding and the least shares of idle hosts
            double slack = 0.06 * limit + 2 * size;
            assertTrue(
                    Math.min(shares.get(i), wants[i]) >= fair[i] - slack,
                    "host " + i + " of " + simulation.shares() + " should have " + fair[i]);
        }
        assertTrue(used >= 0.95 * wanted - 2 * size, "used " + used + " of " + wanted + ": " + simulation.shares());
    }
}
