package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.block.Operation;
import dev.weir.drive.settings.Charging;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random chains of filters that change under load on the virtual clock. Filters come, go, hold and refuse. At the end
 * every request has completed once without an error, and the storage has seen each once, in order. {@code
 * -Dchaos.seeds=N} sets the number of runs.
 */
class FilterChaosTest {
    private static final List<String> TYPES = List.of("a", "b", "c");

    static long[] seeds() {
        return new Random(System.nanoTime())
                .longs(Integer.getInteger("chaos.seeds", 100))
                .toArray();
    }

    private static final class Run {
        private final Random random;
        private final EngineFixture fixture;
        private final Map<String, TestFilters> installed = new HashMap<>();
        private final List<TestRequest> requests = new ArrayList<>();
        private long serial;

        Run(long seed) {
            random = new Random(seed);
            fixture = new EngineFixture(seed);
            TYPES.forEach(this::install);
            configure();
        }

        private void install(String type) {
            TestFilters filters = new TestFilters(type, new ArrayList<>());
            installed.put(type, filters);
            fixture.engine.addFilters(filters, 0);
        }

        private void configure() {
            List<FilterSettings> filters = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                // 0: pass at once, 1: hold forever, 13: refused
                long delay = random.nextInt(20) == 0
                        ? 13
                        : List.of(0L, 1L, 1_000L, 1_000_000L).get(random.nextInt(4));
                filters.add(new FilterSettings(TYPES.get(random.nextInt(TYPES.size())), Map.of("delay", delay)));
            }
            configure(random.nextBoolean() ? Map.of() : Map.of("iops", 1_000L), filters);
        }

        private void configure(Map<String, Long> limits, List<FilterSettings> filters) {
            fixture.engine.configure(DriveSettings.builder("vm1", "test")
                    .limits(ThrottleLimits.of(limits))
                    .charging(new Charging(false, random.nextInt(2) * 100L))
                    .filters(filters)
                    .build());
        }

        void step() {
            switch (random.nextInt(12)) {
                case 0 -> configure();
                case 1 -> fixture.clock.advance(random.nextInt(3_000_000));
                case 2 -> reinstall(TYPES.get(random.nextInt(TYPES.size())));
                case 3 -> requests.add(fixture.submit("vm1", Operation.FLUSH, 0, 0));
                default -> {
                    Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
                    requests.add(fixture.submit("vm1", operation, serial++, 512));
                }
            }
        }

        private void reinstall(String type) {
            TestFilters gone = installed.remove(type);
            if (gone != null) {
                fixture.engine.removeFilters(gone);
            }
            if (gone == null || random.nextInt(4) > 0) {
                install(type);
            }
        }

        void settle() {
            configure(Map.of(), List.of());
            fixture.clock.advance(10_000 * EngineFixture.SECOND);
        }

        List<String> seen(String operation) {
            return fixture.script.log.stream()
                    .filter(line -> line.startsWith(operation))
                    .toList();
        }

        List<String> submitted(Operation operation) {
            return requests.stream()
                    .filter(request -> request.operation() == operation)
                    .map(request -> operation.name().toLowerCase(java.util.Locale.ROOT) + " " + request.offset())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingIsLostReorderedOrRepeated(long seed) {
        Run run = new Run(seed);
        for (int i = 0; i < 300; i++) {
            run.step();
        }
        run.settle();
        for (TestRequest request : run.requests) {
            assertEquals(true, request.isCompleted(), request.operation() + " at " + request.offset() + " is lost");
            assertNull(request.error());
        }
        assertEquals(run.submitted(Operation.READ), run.seen("read"));
        assertEquals(run.submitted(Operation.WRITE), run.seen("write"));
        assertEquals(0, run.fixture.control("vm1").snapshot().inFlight());
    }
}
