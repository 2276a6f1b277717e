package dev.weir.bench.simulation;

import dev.weir.bench.report.Goals;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Runs the engine on a virtual clock and reports the drift of saturated drives from their limits. It simulates a
 * virtual hour of a sample of a million drives and a virtual year of one drive. Then it compares two copies of each
 * policy for a virtual hour. One is asked every microsecond and the other only when a request is due.
 *
 * <p>{@code Simulation [SEED [DRIVES]]} simulates DRIVES of the million; the default is 1,000.
 */
public final class Simulation {
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR_SECONDS = 3_600;
    private static final long YEAR_SECONDS = 365 * 24 * HOUR_SECONDS;
    private static final int MILLION = 1_000_000;
    private static final long SEED = 20_261_123;
    private static final int SAMPLE = 1_000;

    /** Time between two questions to a policy that is asked all the time (ns). */
    private static final long POLL_NANOS = 1_000;

    /** Typical lateness of the timers of a real machine (ns). */
    private static final long LATE_NANOS = 60_000;

    private final ManualClock clock;
    private final LocalEngine engine;

    private Simulation(long seed) {
        clock = ManualClock.seeded(seed);
        clock.lateNanos(LATE_NANOS);
        engine = new LocalEngine(clock, new NoStorage(), Map.of());
    }

    /** A saturated drive and its due rate. */
    private record Run(SaturatingClient client, double requestsPerSecond) {
        double drift(double seconds) {
            return client.completed() - requestsPerSecond * seconds;
        }
    }

    private Run run(String name, String policy, LimitKey key, long rate, long length) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of(key.key(), rate));
        Drive drive = engine.configure(name, policy, limits);
        Operation operation = key.appliesTo(Direction.READ) ? Operation.READ : Operation.WRITE;
        Run run = new Run(
                new SaturatingClient(drive, operation, length), key.countsBytes() ? (double) rate / length : rate);
        run.client.start();
        return run;
    }

    private void advance(long seconds) {
        long step = Math.max(1, seconds / 10);
        for (long done = 0; done < seconds; done += step) {
            clock.advance(Math.min(step, seconds - done) * SECOND);
            System.err.printf("\r%d %% of %d virtual seconds", 100 * (done + step) / seconds, seconds);
        }
        System.err.println();
    }

    private static void hour(long seed, int sample, Goals goals) {
        Simulation simulation = new Simulation(seed);
        Random random = new Random(seed);
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < sample; i++) {
            LimitKey key = LimitKey.ALL.get(random.nextInt(LimitKey.ALL.size()));
            long iops = 1L + random.nextInt(1 << (1 + random.nextInt(5)));
            long length = 512L << random.nextInt(12);
            String policy = random.nextBoolean() ? "bucket" : "slice";
            runs.add(simulation.run("vm" + i, policy, key, key.countsBytes() ? iops * length : iops, length));
        }
        long begin = System.currentTimeMillis();
        simulation.advance(HOUR_SECONDS);
        double seconds = (System.currentTimeMillis() - begin) / 1e3;
        long requests = runs.stream().mapToLong(run -> run.client.completed()).sum();
        double worst = runs.stream()
                .mapToDouble(run -> Math.abs(run.drift(HOUR_SECONDS)) - 0.1 * run.requestsPerSecond)
                .max()
                .orElse(0);
        System.out.printf(
                "a virtual hour of %,d drives (1 of %,d): %,d requests in %.1f s; the worst drive is off by %.2f"
                        + " requests beside the tenth of a second that may go at once%n",
                sample, MILLION / sample, requests, seconds, Math.max(0, worst));
        goals.atMost("a virtual hour, worst drive: requests off beside a tenth of a second's", 1, Math.max(0, worst));
    }

    private static void year(long seed, String policy, long bytesPerSecond, long length, Goals goals) {
        Simulation simulation = new Simulation(seed);
        Run run = simulation.run("vm1", policy, LimitKey.BPS, bytesPerSecond, length);
        long begin = System.currentTimeMillis();
        simulation.advance(YEAR_SECONDS);
        System.out.printf(
                "a virtual year of %s at %,d bytes/s by requests of %,d: %,d requests in %.1f s, off by %.2f requests%n",
                policy,
                bytesPerSecond,
                length,
                run.client.completed(),
                (System.currentTimeMillis() - begin) / 1e3,
                run.drift(YEAR_SECONDS));
        goals.atMost(
                "a virtual year of %s, requests of %,d bytes: requests off".formatted(policy, length),
                1,
                Math.abs(run.drift(YEAR_SECONDS)));
    }

    private static void polled(ThrottlePolicyFactory factory, Goals goals) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1_234_567L, "iops", 777L));
        ThrottlePolicy asked = factory.create(limits, ThrottleDebt.NONE, 0);
        ThrottlePolicy awaited = factory.create(limits, ThrottleDebt.NONE, 0);
        long due = 0;
        long released = 0;
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        for (long now = 0; now < HOUR_SECONDS * SECOND; now += POLL_NANOS) {
            while (asked.waitNanos(Direction.READ, 4096, now) == 0) {
                asked.charge(Direction.READ, 4096, now);
                due += awaited.waitNanos(Direction.READ, 4096, due);
                awaited.charge(Direction.READ, 4096, due);
                earliest = Math.min(earliest, now - due);
                latest = Math.max(latest, now - due);
                released++;
            }
        }
        System.out.printf(
                "%s asked every microsecond for a virtual hour: %,d requests, %d to %d ns after they were due%n",
                factory.type(), released, earliest, latest);
        String what = factory.type() + " asked every microsecond: ns after a request was due, ";
        goals.atLeast(what + "earliest", 0, earliest);
        goals.atMost(what + "latest", POLL_NANOS, latest);
    }

    /** Runs the simulation and prints the result. */
    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : SEED;
        int sample = args.length > 1 ? Integer.parseInt(args[1]) : SAMPLE;
        simulate(seed, sample, new Goals());
    }

    /** Runs the simulation, prints the result and adds its goals. */
    public static void simulate(Goals goals) {
        simulate(SEED, SAMPLE, goals);
    }

    private static void simulate(long seed, int sample, Goals goals) {
        System.out.println("seed " + seed);
        hour(seed, sample, goals);
        for (String policy : List.of("bucket", "slice")) {
            year(seed, policy, 1, 1, goals);
            year(seed, policy, 1_000_000, 16_000_000, goals);
        }
        polled(new BucketPolicyFactory(), goals);
        polled(new SlicePolicyFactory(), goals);
    }
}
