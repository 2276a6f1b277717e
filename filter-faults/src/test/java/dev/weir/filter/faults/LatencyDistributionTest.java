package dev.weir.filter.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kolmogorov and Smirnov's test of each distribution over 100,000 requests on the virtual clock. A fixed seed must
 * pass at 1 %. A random seed must pass at 1e-9, so that the test does not fail by chance.
 */
class LatencyDistributionTest {
    private static final int REQUESTS = 100_000;
    private static final long FIXED_SEED = 20_261_130;
    private static final double ONE_PERCENT = 1.628;
    private static final double ONE_IN_A_BILLION = 3.273;

    /**
     * A distribution with its function in milliseconds.
     *
     * @param settings the settings of the fault
     * @param cdf the probability of a latency of at most the given number of milliseconds
     */
    record Case(String settings, DoubleUnaryOperator cdf) {
        @Override
        public String toString() {
            return settings;
        }
    }

    static Stream<Case> distributions() {
        return Stream.of(
                new Case("latency=5ms", x -> x < 5 ? 0 : 1),
                new Case("latency.min=2ms latency.max=10ms", x -> clamp((x - 2) / 8)),
                new Case("latency.mean=10ms latency.stddev=2ms", x -> normal((x - 10) / 2)),
                new Case("latency.mean=1ms latency.stddev=2ms when=after", x -> x < 0 ? 0 : normal((x - 1) / 2)),
                new Case("latency.median=2ms latency.sigma=0.8", x -> x <= 0 ? 0 : normal(Math.log(x / 2) / 0.8)),
                new Case("latency.p50=2ms latency.p99=400ms", x -> {
                    if (x <= 2) {
                        return 0.5 * x / 2;
                    }
                    return x >= 400 ? 1 : 0.5 + 0.49 * Math.log(x / 2) / Math.log(200);
                }),
                new Case("latency.p90=1ms latency.p99.9=20ms latency.p100=80ms", x -> {
                    if (x <= 1) {
                        return 0.9 * x;
                    }
                    return x <= 20
                            ? 0.9 + 0.099 * Math.log(x) / Math.log(20)
                            : clamp(0.999 + 0.001 * Math.log(x / 20) / Math.log(4));
                }));
    }

    private static double clamp(double probability) {
        return Math.max(0, Math.min(1, probability));
    }

    /** The standard normal distribution function by Simpson's rule. */
    private static double normal(double z) {
        double x = Math.max(-9, Math.min(9, z));
        int steps = 400;
        double h = x / steps;
        double sum = density(0) + density(x);
        for (int i = 1; i < steps; i++) {
            sum += density(i * h) * (i % 2 == 0 ? 2 : 4);
        }
        return clamp(0.5 + sum * h / 3);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void latenciesFollowTheirDistribution(Case distribution) {
        check(distribution, FIXED_SEED, ONE_PERCENT);
        check(distribution, ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), ONE_IN_A_BILLION);
    }

    private static void check(Case distribution, long seed, double most) {
        System.out.println(distribution + " seed=" + seed);
        Fixture fixture = new Fixture("slow on=flush seed=" + seed + " " + distribution.settings);
        List<Fixture.Request> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(fixture.submit(Operation.FLUSH, 0, 0));
        }
        while (fixture.clock.advanceToNextTimer()) {
            // every latency passes
        }
        double[] millis = requests.stream()
                .mapToDouble(request -> request.nanos() / 1e6)
                .sorted()
                .toArray();
        double distance = distance(millis, distribution.cdf);
        double bound = most / Math.sqrt(REQUESTS);
        assertTrue(distance < bound, distribution + ": distance " + distance + " of " + bound + " with seed " + seed);
    }

    /** Returns the largest distance of the distribution of a sample from a distribution function. */
    private static double distance(double[] sorted, DoubleUnaryOperator cdf) {
        double distance = 0;
        for (int from = 0; from < sorted.length; ) {
            int to = from;
            while (to < sorted.length && sorted[to] == sorted[from]) {
                to++; // equal values are one step of the distribution
            }
            double below = cdf.applyAsDouble(Math.nextDown(sorted[from]));
            double at = cdf.applyAsDouble(sorted[from]);
            distance = Math.max(distance, Math.abs(at - (double) to / sorted.length));
            distance = Math.max(distance, Math.abs(below - (double) from / sorted.length));
            from = to;
        }
        return distance;
    }
}
