package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of the tree of limits, with saturated drives on the virtual clock. */
class TreeLawsTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long MIB = 1 << 20;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final Map<String, Load> loads = new TreeMap<>();

    private static Share weight(int weight) {
        return new Share(weight, 0, 0);
    }

    private static Share minimum(long iops) {
        return new Share(1, 0, iops);
    }

    private void group(String name, @Nullable String parent, Map<String, Long> limits, Share share) {
        fixture.configureGroup(name, "bucket", parent, limits, share);
    }

    private Load drive(String name, String group, Map<String, Long> limits, Share share, int length) {
        fixture.configure(name, "bucket", group, limits, share);
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
        fixture.configure("sure", "bucket", "host", Map.of(), Share.DEFAULT);
        requestsIn(SECOND / 10);
        Map<String, Long> requests = requestsIn(SECOND);
        assertEquals(500, of(requests, "sure"), 5, requests::toString);
        assertEquals(500, of(requests, "second"), 5, requests::toString);
    }

    @Test
    void minimumHoldsThroughTheGroupsAbove() {
        group("host", null, Map.of("iops", 1_000L), Share.DEFAULT);
        group("tenant", "host", Map.of(), Share.DEFAULT);
        drive("sure", "tenant", Map.of(), minimum(400), 512);
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

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void noLimitOfATreeIsExceededAndARootNeverIdles(String policy) {
        for (int seed = 0; seed < 20; seed++) {
            EngineFixture world = new EngineFixture(seed);
            Random random = new Random(seed);
            Map<String, Long> limits = new TreeMap<>();
            for (int i = 0; i < 6; i++) {
                String name = "g" + i;
                String parent = i == 0 ? null : "g" + random.nextInt(i);
                long iops = i == 0 ? 1_000 : 200 + random.nextInt(2_000);
                world.configureGroup(name, policy, parent, Map.of("iops", iops), weight(1 + random.nextInt(9)));
                limits.put(name, iops);
            }
            List<Load> all = new ArrayList<>();
            // the last drive can use the whole limit of the root alone
            for (int i = 0; i < 12; i++) {
                String group = i == 11 ? "g0" : "g" + random.nextInt(6);
                Map<String, Long> own = i < 11 && random.nextBoolean() ? Map.of("iops", 40L) : Map.of();
                world.configure("vm" + i, policy, group, own, weight(1 + random.nextInt(9)));
                Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
                all.add(new Load(world, "vm" + i, operation, 512, 4));
            }
            world.clock.advance(SECOND);
            Map<String, Long> before = new TreeMap<>();
            limits.keySet()
                    .forEach(name ->
                            before.put(name, world.group(name).snapshot().requests()));
            world.clock.advance(10 * SECOND);
            for (Map.Entry<String, Long> limit : limits.entrySet()) {
                long requests = world.group(limit.getKey()).snapshot().requests() - of(before, limit.getKey());
                long most = 10 * limit.getValue() + limit.getValue() / 5 + 1;
                assertTrue(requests <= most, limit + " releases " + requests + ", seed " + seed);
            }
            long root = world.group("g0").snapshot().requests() - of(before, "g0");
            assertTrue(all.stream().allMatch(load -> load.requests() > 0), "a drive starves, seed " + seed);
            assertTrue(root >= 9_999, "the root releases " + root + ", seed " + seed);
        }
    }
}
