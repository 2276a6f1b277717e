package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.control.QueuedRequest;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forecast of a queue compared with the later releases, on the virtual clock. */
class ForesightTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long MIB = 1 << 20;

    /** Tolerance: a policy that takes over a debt may owe a nanosecond more for each of the two limits. */
    private static final long ROUNDING_NANOS = 2;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    /** The moment of release of each request by drive and offset. */
    private final Map<String, Long> went = new TreeMap<>();

    private int submitted;

    private void submit(String drive, Operation operation, long length) {
        String name = drive + " " + submitted;
        long offset = submitted++;
        fixture.submit(drive, drive, operation, offset, length, request -> went.put(name, fixture.clock.nanoTime()));
    }

    /** Returns the forecasts of these drives as moments by drive and offset. */
    private Map<String, Long> foreseen(List<String> drives) {
        Map<String, Long> moments = new TreeMap<>();
        for (String drive : drives) {
            for (QueuedRequest request : fixture.control(drive).queue()) {
                moments.put(drive + " " + request.offset(), fixture.clock.nanoTime() + request.goesInNanos());
            }
        }
        return moments;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void whatIsForeseenComesTrue(String policy) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<String> drives = drives(policy, random);
            for (int i = 0; i < 120; i++) {
                Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
                submit(drives.get(random.nextInt(drives.size())), operation, 1 + random.nextInt(200_000));
                fixture.clock.advance(random.nextInt(10_000_000));
            }
            went.clear();
            Map<String, Long> foreseen = foreseen(drives);
            assertTrue(foreseen.size() > 20, "only " + foreseen.size() + " wait, seed " + seed);
            fixture.clock.advance(3600 * SECOND);
            assertEquals(foreseen.keySet(), went.keySet(), "seed " + seed);
            foreseen.forEach((request, moment) -> {
                long nanos = went.getOrDefault(request, 0L) - moment;
                assertTrue(Math.abs(nanos) <= ROUNDING_NANOS, request + " is " + nanos + " ns late");
            });
        }
    }

    /** Creates members of a group and a single drive, with limits of all kinds. */
    private List<String> drives(String policy, Random random) {
        fixture.configureGroup("tenant", policy, Map.of("iops", 20L + random.nextInt(100), "bps_wr", MIB));
        List<String> drives = IntStream.range(0, 5).mapToObj(i -> "vm" + i).toList();
        for (String drive : drives) {
            Map<String, Long> limits =
                    new TreeMap<>(Map.of("bps", 200_000L + random.nextInt(1_000_000), "iops_rd", 9L));
            if (policy.equals("bucket") && random.nextBoolean()) {
                limits.put("bps_max", 4 * MIB);
            }
            fixture.configure(drive, policy, drive.equals("vm4") ? null : "tenant", limits);
        }
        return drives;
    }

    @Test
    void forecastNamesTheHoldingLimit() {
        fixture.configureGroup("tenant", "slice", Map.of("bps", 10 * MIB));
        fixture.configure("vm0", "slice", "tenant", Map.of("iops", 20L));
        submit("vm0", Operation.READ, 4096);
        submit("vm0", Operation.READ, 4096);
        submit("vm0", Operation.READ, 4096);
        submit("vm0", Operation.READ, 16 * MIB);
        submit("vm0", Operation.READ, 4096);
        assertEquals(
                List.of("iops", "iops", "tenant: bps"),
                fixture.control("vm0").queue().stream()
                        .map(QueuedRequest::heldBy)
                        .toList());
    }

    @Test
    void forecastIsBounded() {
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 1L));
        for (int drive = 0; drive < 300; drive++) {
            fixture.configure("vm" + drive, "bucket", "tenant", Map.of());
            for (int i = 0; i < 40; i++) {
                submit("vm" + drive, Operation.READ, 512);
            }
        }
        List<Long> moments = fixture.control("vm1").queue().stream()
                .map(QueuedRequest::goesInNanos)
                .toList();
        assertEquals(SECOND * 19 / 10, moments.get(0));
        assertEquals(-1L, moments.get(39));
    }

    @Test
    void missingPolicyHasNoForecast() {
        fixture.configure("vm0", "nosuch", null, Map.of("iops", 20L));
        submit("vm0", Operation.WRITE, 512);
        submit("vm0", Operation.READ, 512);
        submit("vm0", Operation.WRITE, 512);
        List<QueuedRequest> queue = fixture.control("vm0").queue();
        assertEquals(
                List.of(0L, 1L, 2L), queue.stream().map(QueuedRequest::offset).toList());
        for (QueuedRequest request : queue) {
            assertEquals(-1, request.goesInNanos());
            assertEquals("policy nosuch is missing", request.heldBy());
        }
        assertEquals(
                "policy nosuch is missing", fixture.control("vm0").snapshot().heldBy());
    }
}
