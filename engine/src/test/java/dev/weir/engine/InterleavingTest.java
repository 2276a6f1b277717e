package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.drive.Operation;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever changes while requests wait, each completes exactly once, and those of a lane that reach the backend do
 * so in order. Replayed from one number.
 */
class InterleavingTest {
    private static final String[] KEYS = {"bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"};

    /** What is done to an engine with three drives and two groups, step by step, as a random number says. */
    private static final class Chaos {
        private final Random random;
        private final EngineFixture fixture;
        private final List<TestRequest> submitted = new ArrayList<>();
        private boolean bucketIsThere = true;
        private long serial;

        Chaos(long seed) {
            random = new Random(seed);
            fixture = new EngineFixture(seed);
            fixture.configureGroup("g0", "bucket", Map.of("iops", 500L));
            fixture.configureGroup("g1", "slice", Map.of("bps", 100_000L));
            for (int drive = 0; drive < 3; drive++) {
                configure("vm" + drive);
            }
        }

        void step() {
            String name = "vm" + random.nextInt(3);
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> submit(name);
                case 4, 5, 6 -> fixture.clock.advance(random.nextInt(50_000_000));
                case 7 -> fixture.control(name).limits(ThrottleLimits.of(someLimits()));
                case 8 -> fixture.control(name).policy(random.nextBoolean() ? "slice" : "bucket");
                case 9 -> configure(name);
                case 10 -> cancel(name);
                default -> change(random.nextInt(4));
            }
        }

        private void submit(String name) {
            Drive drive = fixture.driveIfAny(name);
            for (int i = random.nextInt(20); drive != null && i > 0; i--) {
                Operation operation = Operation.values()[random.nextInt(5)];
                submitted.add(fixture.submit(
                        name,
                        "client" + random.nextInt(3) % 2,
                        operation,
                        serial++,
                        1 + random.nextInt(5_000),
                        r -> {}));
            }
        }

        private void configure(String name) {
            String group = random.nextBoolean() ? null : "g" + random.nextInt(3);
            fixture.configure(name, random.nextBoolean() ? "slice" : "bucket", group, someLimits());
        }

        private Map<String, Long> someLimits() {
            Map<String, Long> some = new HashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                some.put(KEYS[random.nextInt(KEYS.length)], 1L + random.nextInt(1 << random.nextInt(24)));
            }
            return some;
        }

        private void cancel(String name) {
            Drive drive = fixture.driveIfAny(name);
            if (drive != null) {
                drive.cancel("client0");
            }
        }

        private void change(int what) {
            switch (what) {
                case 0 -> {
                    if (bucketIsThere) {
                        fixture.engine.removePolicies(fixture.bucket);
                    } else {
                        fixture.engine.addPolicies(fixture.bucket, 0);
                    }
                    bucketIsThere = !bucketIsThere;
                }
                case 1 -> fixture.configureGroup("g0", "slice", Map.of("iops", 1L + random.nextInt(500)));
                case 2 -> {
                    fixture.engine.removeBackends(fixture.backends);
                    fixture.engine.addBackends(fixture.backends, 0);
                }
                default -> {
                    fixture.engine.removeGroup("g1");
                    fixture.configureGroup("g1", "bucket", Map.of());
                }
            }
        }

        void finish() {
            if (!bucketIsThere) {
                fixture.engine.addPolicies(fixture.bucket, 0);
            }
            for (int drive = 0; drive < 3; drive++) {
                fixture.configure("vm" + drive, "slice", null, Map.of("iops", 1_000L));
            }
            fixture.clock.advance(submitted.size() * 2_000_000L + 1_000_000_000L);
        }
    }

    @Property(tries = 500)
    void everyRequestCompletesOnceAndInOrder(@ForAll long seed) {
        Chaos chaos = new Chaos(seed);
        for (int step = 0; step < 300; step++) {
            chaos.step();
        }
        chaos.finish();
        for (TestRequest request : chaos.submitted) {
            assertTrue(request.isCompleted(), () -> request.operation() + " " + request.offset() + " was lost");
        }
        Map<String, Long> last = new HashMap<>();
        Map<Long, String> lanes = lanes(chaos.submitted);
        for (String line : chaos.fixture.backends.log) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && !words[1].startsWith("vm")) {
                long serial = Long.parseLong(words[1]);
                String lane = lanes.get(serial);
                assertTrue(last.getOrDefault(lane, -1L) < serial, line + " came late in " + lane);
                last.put(String.valueOf(lane), serial);
            }
        }
        assertEquals(
                0,
                chaos.fixture.control("vm0").queue().size()
                        + chaos.fixture.control("vm1").queue().size());
    }

    private static Map<Long, String> lanes(List<TestRequest> requests) {
        Map<Long, String> lanes = new HashMap<>();
        for (TestRequest request : requests) {
            lanes.put(
                    request.offset(),
                    request.drive() + " " + request.operation().direction());
        }
        return lanes;
    }
}
