package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.testkit.throttle.RateLaw;
import dev.weir.throttle.Share;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of the tree of limits under each policy, with saturated drives on the virtual clock. */
@ParameterizedClass
@ValueSource(strings = {"bucket", "slice"})
class TreeLawsTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long DAY = 86_400 * SECOND;
    private static final long MIB = 1 << 20;

    /** The documented allowance of both policies: two slices. A bucket's tenth of a second is less. */
    private static final long ALLOWANCE_NANOS = SECOND / 5;

    private final String policy;
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final Map<String, Load> loads = new TreeMap<>();

    TreeLawsTest(String policy) {
        this.policy = policy;
    }

    private static Share weight(int weight) {
        return new Share(weight, 0, 0);
    }

    private static Share minimum(long iops) {
        return new Share(1, 0, iops);
    }

    private void group(String name, @Nullable String parent, Map<String, Long> limits, Share share) {
        fixture.configureGroup(name, policy, parent, limits, share);
    }

    private Load drive(String name, String group, Map<String, Long> limits, Share share, int length) {
        fixture.configure(name, policy, group, limits, share);
        Load load = new Load(fixture, name, name.hashCode() % 2 == 0 ? Operation.READ : Operation.WRITE, length, 8);
        loads.put(name, load);
        return load;
    }

    private static <T> T of(Map<String, T> values, String name) {
        return Objects.requireNonNull(values.get(name));
    }

    /** Returns the requests of each drive in a span of time. */
    private Map<String, Long> requestsIn(long nanos) {
        Map<String, Long> before = new HashMap<>();
        loads.forEach((name, load) -> before.put(name, load.requests()));
        fixture.clock.advance(nanos);
        Map<String, Long> requests = new TreeMap<>();
        loads.forEach((name, load) -> requests.put(name, load.requests() - before.getOrDefault(name, 0L)));
        return requests;
    }

    /** Jain's fairness index (1984): 1 if all shares are equal. */
    private static double jain(double[] shares) {
        double sum = Arrays.stream(shares).sum();
        return sum
                * sum
                / (shares.length * Arrays.stream(shares).map(x -> x * x).sum());
    }

    @ParameterizedTest
    @CsvSource({"2,4096,40", "7,4096,40", "64,4096,40", "1000,4096,64", "2,409600,400", "7,409600,400", "64,409600,400"
    })
    void sharesFollowWeightsWithinOneRequest(int members, int largest, int mibPerSecond) {
        group("host", null, Map.of("bps", mibPerSecond * MIB), Share.DEFAULT);
        Random random = new Random(members);
        int[] weights =
                IntStream.range(0, members).map(i -> 1 + random.nextInt(10)).toArray();
        for (int i = 0; i < members; i++) {
            drive("vm" + i, "host", Map.of(), weight(weights[i]), i % 3 == 0 ? largest : 4096);
        }
        requestsIn(SECOND);
        double[] before = bytes(members);
        fixture.clock.advance(10 * SECOND);
        double[] after = bytes(members);
        double all = IntStream.range(0, members)
                .mapToDouble(i -> after[i] - before[i])
                .sum();
        assertEquals(10.0 * mibPerSecond * MIB, all, largest + 1);
        double[] shares = new double[members];
        for (int i = 0; i < members; i++) {
            shares[i] = (after[i] - before[i]) / weights[i];
        }
        assertTrue(jain(shares) >= 0.999, () -> "Jain's index is " + jain(shares));
        for (int i = 1; i < members; i++) {
            double allowed = 2.0 * largest / weights[i] + 2.0 * largest / weights[0];
            assertEquals(shares[0], shares[i], allowed, "vm" + i);
        }
    }

    private double[] bytes(int members) {
        return IntStream.range(0, members)
                .mapToDouble(i -> of(loads, "vm" + i).bytes())
                .toArray();
    }

    @Test
    void weightsDivideAtEveryLevel() {
        group("host", null, Map.of("iops", 1_400L), Share.DEFAULT);
        group("a", "host", Map.of(), weight(1));
        group("b", "host", Map.of(), weight(2));
        group("c", "host", Map.of(), weight(4));
        for (String group : List.of("a", "b", "c")) {
            group(group + "1", group, Map.of(), weight(3));
            drive(group + "1x", group + "1", Map.of(), weight(2), 512);
            drive(group + "1y", group + "1", Map.of(), weight(1), 4_096);
            drive(group + "2", group, Map.of(), weight(1), 512);
        }
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        Map<String, Integer> expected = Map.of("a1x", 1_000, "a1y", 500, "a2", 500, "b1x", 2_000, "b1y", 1_000);
        expected.forEach((drive, count) -> assertEquals(count, of(requests, drive), 2, requests::toString));
        assertEquals(4_000, of(requests, "c1x"), 2, requests::toString);
        assertEquals(2_000, of(requests, "c2"), 2, requests::toString);
    }

    @Test
    void ownLimitsLeaveTheRestToTheOthersByWeight() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        drive("capped", "host", Map.of("iops", 100L), weight(5), 512);
        drive("one", "host", Map.of(), weight(1), 512);
        drive("two", "host", Map.of(), weight(2), 512);
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        assertEquals(1_000, of(requests, "capped"), 2, requests::toString);
        assertEquals(3_000, of(requests, "one"), 2, requests::toString);
        assertEquals(6_000, of(requests, "two"), 2, requests::toString);
    }

    @Test
    void threeLevelsHoldAtOnce() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        group("tenant", "host", Map.of("iops", 400L), Share.DEFAULT);
        drive("capped", "tenant", Map.of("iops", 100L), Share.DEFAULT, 512);
        drive("free", "tenant", Map.of(), Share.DEFAULT, 512);
        drive("other", "host", Map.of(), Share.DEFAULT, 512);
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        assertEquals(Map.of("capped", 1_000L, "free", 3_000L, "other", 6_000L), requests);
    }

    /** The limits of both directions release at moments of their own. So each saturates its law alone. */
    @Test
    void limitOfOneDirectionLeavesTheOtherItsWholeLimit() {
        group("host", null, Map.of("iops_wr", 700L), Share.DEFAULT);
        group("tenant", "host", Map.of("iops_rd", 300L, "iops_wr", 500L), Share.DEFAULT);
        Map<Operation, RateLaw> laws = new HashMap<>();
        laws.put(Operation.READ, new RateLaw(300, ALLOWANCE_NANOS, fixture.clock.nanoTime()));
        laws.put(Operation.WRITE, new RateLaw(700, ALLOWANCE_NANOS, fixture.clock.nanoTime()));
        for (String name : List.of("tenant READ", "tenant WRITE", "host WRITE")) {
            String[] words = name.split(" ", -1);
            Operation operation = Operation.valueOf(words[1]);
            RateLaw law = Objects.requireNonNull(laws.get(operation));
            fixture.configure(name, policy, words[0], Map.of());
            loads.put(name, new Load(fixture, name, operation, 512, 8, () -> {
                law.saturatedUntil(fixture.clock.nanoTime(), 1);
                law.released(1, fixture.clock.nanoTime());
            }));
        }
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        assertEquals(3_000, of(requests, "tenant READ"), 2, requests::toString);
        assertEquals(3_500, of(requests, "tenant WRITE"), 4, requests::toString);
        assertEquals(3_500, of(requests, "host WRITE"), 4, requests::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 65_536})
    void minimumIsAFloorInEverySecond(int lengthOfOthers) {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        drive("sure", "host", Map.of(), minimum(300), 512);
        for (int i = 0; i < 9; i++) {
            drive("greedy" + i, "host", Map.of(), weight(1 + i), lengthOfOthers);
        }
        requestsIn(SECOND);
        for (int second = 0; second < 10; second++) {
            Map<String, Long> requests = requestsIn(SECOND);
            assertEquals(300, of(requests, "sure"), 2, requests::toString);
            assertEquals(700 * 9 / 45.0, of(requests, "greedy8"), 3, requests::toString);
            assertEquals(700 / 45.0, of(requests, "greedy0"), 2, requests::toString);
        }
        long[] tenths = LongStream.range(0, 100)
                .map(i -> of(requestsIn(SECOND / 10), "sure"))
                .toArray();
        for (int i = 0; i + 10 <= tenths.length; i++) {
            long requests = Arrays.stream(tenths, i, i + 10).sum();
            assertTrue(requests >= 298, requests + " in a second");
        }
    }

    @Test
    void minimumBelowTheShareByWeightChangesNothing() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        drive("sure", "host", Map.of(), minimum(300), 512);
        drive("other", "host", Map.of(), Share.DEFAULT, 512);
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        assertEquals(5_000, of(requests, "sure"), 5, requests::toString);
    }

    @Test
    void servicePastTheShareIsNotPunishedLater() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        drive("sure", "host", Map.of(), minimum(600), 512);
        Load first = drive("first", "host", Map.of(), Share.DEFAULT, 512);
        drive("second", "host", Map.of(), Share.DEFAULT, 512);
        Map<String, Long> contended = requestsIn(100 * SECOND);
        assertEquals(60_000, of(contended, "sure"), 600, contended::toString);
        first.stop();
        fixture.configure("sure", policy, "host", Map.of(), Share.DEFAULT);
        requestsIn(SECOND / 10);
        Map<String, Long> requests = requestsIn(SECOND);
        assertEquals(500, of(requests, "sure"), 5, requests::toString);
        assertEquals(500, of(requests, "second"), 5, requests::toString);
    }

    @Test
    void minimumHoldsThroughTheGroupsAbove() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        group("tenant", "host", Map.of(), Share.DEFAULT);
        group("team", "tenant", Map.of(), Share.DEFAULT);
        drive("sure", "team", Map.of(), minimum(400), 512);
        drive("sibling", "tenant", Map.of(), weight(100), 512);
        drive("neighbour", "host", Map.of(), weight(900), 512);
        requestsIn(SECOND);
        for (int second = 0; second < 10; second++) {
            Map<String, Long> requests = requestsIn(SECOND);
            assertTrue(of(requests, "sure") >= 398, requests::toString);
        }
    }

    @Test
    void minimumInBytesHoldsBesideLargeRequests() {
        group("host", null, Map.of("bps", 100 * MIB), Share.DEFAULT);
        Load sure = drive("sure", "host", Map.of(), new Share(1, 30 * MIB, 0), 4_096);
        for (int i = 0; i < 9; i++) {
            drive("greedy" + i, "host", Map.of(), weight(10), 409_600);
        }
        requestsIn(SECOND);
        for (int second = 0; second < 10; second++) {
            long before = sure.bytes();
            fixture.clock.advance(SECOND);
            double bytes = sure.bytes() - before;
            assertTrue(bytes >= 30 * MIB - 2 * 4_096, bytes + " bytes");
            assertEquals(30 * MIB, bytes, 0.6 * MIB);
        }
    }

    @Test
    void minimaThatFillTheLimitAreAllKept() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        drive("a", "host", Map.of(), minimum(700), 512);
        drive("b", "host", Map.of(), minimum(250), 512);
        drive("c", "host", Map.of(), minimum(50), 512);
        drive("d", "host", Map.of(), weight(1_000), 512);
        requestsIn(SECOND);
        Map<String, Long> requests = requestsIn(10 * SECOND);
        assertEquals(7_000, of(requests, "a"), 20, requests::toString);
        assertEquals(2_500, of(requests, "b"), 20, requests::toString);
        assertEquals(500, of(requests, "c"), 20, requests::toString);
    }

    @Test
    void idlingSavesNothingUpAtAnyLevel() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        group("a", "host", Map.of(), minimum(100));
        group("b", "host", Map.of(), Share.DEFAULT);
        drive("b1", "b", Map.of(), Share.DEFAULT, 512);
        fixture.clock.advance(100 * SECOND);
        drive("a1", "a", Map.of(), Share.DEFAULT, 512);
        Map<String, Long> requests = requestsIn(SECOND);
        assertEquals(500, of(requests, "a1"), 5, requests::toString);
    }

    /** Tags are compared by the sign of their difference, which 104 days at a limit would turn around. */
    @Test
    void monthsOfIdlingLoseNoTurn() {
        group("host", null, Map.of("bps", 1L), Share.DEFAULT);
        int days = 12; // of one request
        drive("busy", "host", Map.of(), Share.DEFAULT, days * 86_400);
        fixture.configure("new", policy, "host", Map.of(), Share.DEFAULT);
        fixture.clock.advance(10L * days * DAY);
        Load late = new Load(fixture, "new", Operation.READ, days * 86_400, 8);
        fixture.clock.advance(10L * days * DAY);
        assertEquals(5, late.requests(), 1);
    }

    @Test
    void monthsWithoutReadsLoseNoTurn() {
        fixture.configure("vm", policy, null, Map.of("bps", 1L));
        int days = 12;
        Load writes = new Load(fixture, "vm", Operation.WRITE, days * 86_400, 8);
        fixture.clock.advance(10L * days * DAY);
        assertEquals(10, writes.requests(), 1);
        Load reads = new Load(fixture, "vm", Operation.READ, days * 86_400, 8);
        fixture.clock.advance(10L * days * DAY);
        assertEquals(5, reads.requests(), 1);
    }

    /** A tree of limits and the law of the rate of each of its nodes. */
    private final class RandomTree {
        final Map<String, RateLaw> laws = new TreeMap<>();
        private final Map<String, String> parents = new HashMap<>();
        private final EngineFixture world;

        RandomTree(long seed) {
            world = new EngineFixture(seed);
        }

        void group(String name, @Nullable String parent, long iops, int weight) {
            world.configureGroup(name, policy, parent, Map.of("iops", iops), weight(weight));
            add(name, parent, iops);
        }

        private void add(String name, @Nullable String parent, long iops) {
            if (parent != null) {
                parents.put(name, parent);
            }
            if (iops > 0) {
                laws.put(name, new RateLaw(iops, ALLOWANCE_NANOS, world.clock.nanoTime()));
            }
        }

        /** Adds a saturated drive. Each of its releases is checked against the laws above it. */
        Load drive(String name, String group, long iops, int weight, Operation operation, List<String> saturated) {
            world.configure(name, policy, group, iops > 0 ? Map.of("iops", iops) : Map.of(), weight(weight));
            add(name, group, iops);
            return new Load(world, name, operation, 512, 4, () -> released(name, saturated));
        }

        private void released(String drive, List<String> saturated) {
            long now = world.clock.nanoTime();
            for (String node = drive; node != null; node = parents.get(node)) {
                RateLaw law = laws.get(node);
                if (law != null && saturated.contains(node)) {
                    law.saturatedUntil(now, 1);
                }
                if (law != null) {
                    law.released(1, now);
                }
            }
        }
    }

    @Test
    void noWindowOfANodeExceedsItsLimitAndARootNeverIdles() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            RandomTree tree = new RandomTree(seed);
            for (int i = 0; i < 6; i++) {
                String parent = i == 0 ? null : "g" + random.nextInt(i);
                tree.group("g" + i, parent, i == 0 ? 1_000 : 200 + random.nextInt(2_000), 1 + random.nextInt(9));
            }
            List<Load> all = new ArrayList<>();
            // the last drive can use the whole limit of the root alone
            for (int i = 0; i < 12; i++) {
                String group = i == 11 ? "g0" : "g" + random.nextInt(6);
                long own = i < 11 && random.nextBoolean() ? 40 : 0;
                Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
                all.add(tree.drive("vm" + i, group, own, 1 + random.nextInt(9), operation, List.of("g0")));
            }
            tree.world.clock.advance(SECOND);
            long before = tree.world.group("g0").snapshot().requests();
            tree.world.clock.advance(10 * SECOND);
            long root = tree.world.group("g0").snapshot().requests() - before;
            assertTrue(all.stream().allMatch(load -> load.requests() > 0), "a drive starves, seed " + seed);
            assertTrue(root >= 9_999, "the root releases " + root + ", seed " + seed);
        }
    }

    /** No limit above these groups holds them. So each releases at least its rate less one request at any moment. */
    @Test
    void groupAtAnyLevelReleasesItsWholeLimit() {
        RandomTree tree = new RandomTree(1);
        tree.group("host", null, 3_000, 1);
        tree.group("a", "host", 600, 1);
        tree.group("a1", "a", 500, 1);
        tree.group("a2", "a", 400, 9);
        tree.group("b", "host", 700, 3);
        tree.group("c", "host", 500, 1);
        tree.group("c1", "c", 450, 1);
        tree.group("c2", "c1", 300, 1);
        List<String> saturated = List.of("a", "b", "c2");
        for (String group : List.of("a1", "a2", "b", "c2")) {
            tree.drive("reads-" + group, group, 0, 1, Operation.READ, saturated);
            tree.drive("writes-" + group, group, 0, 5, Operation.WRITE, saturated);
            tree.drive("capped-" + group, group, 20, 9, Operation.READ, saturated);
        }
        tree.world.clock.advance(SECOND);
        Map<String, Long> expected = Map.of("a", 600L, "a1", 200L, "a2", 400L, "b", 700L, "c2", 300L, "host", 1_600L);
        Map<String, Long> before = new HashMap<>();
        expected.keySet()
                .forEach(name ->
                        before.put(name, tree.world.group(name).snapshot().requests()));
        tree.world.clock.advance(10 * SECOND);
        expected.forEach((name, iops) -> {
            long requests = tree.world.group(name).snapshot().requests() - of(before, name);
            assertEquals(10 * iops, requests, 5, name);
        });
    }
}
