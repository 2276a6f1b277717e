package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.throttle.ThrottleLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random requests, limits, filters and sizes of one drive on the virtual clock, compared with an array of bytes.
 * Nothing below the smaller size is lost, new bytes are zeroes, and only requests beyond the end fail. {@code
 * -Dchaos.seeds=N} sets the number of runs.
 */
class ResizeModelTest {
    private static final int STEPS = 400;
    private static final int MAX_SIZE = 1 << 17;
    private static final int MAX_LENGTH = 3_000;
    private static final List<Operation> OPERATIONS =
            List.of(Operation.READ, Operation.WRITE, Operation.WRITE, Operation.WRITE_ZEROES);

    static long[] seeds() {
        return new Random().longs(Integer.getInteger("chaos.seeds", 100)).toArray();
    }

    private static final class Run {
        private final Random random;
        private final EngineFixture fixture;
        private final ResizableDevices devices = new ResizableDevices();
        private final List<Compared> requests = new ArrayList<>();
        private final List<AssertionError> failures = new ArrayList<>();

        Run(long seed) {
            random = new Random(seed);
            fixture = new EngineFixture(seed);
            fixture.engine.addBackends(devices, 0);
            fixture.engine.addFilters(new TestFilters("a", new ArrayList<>()), 0);
            configure();
        }

        private void configure() {
            long iops = 50L * random.nextInt(4);
            long delay = List.of(0L, 1_000L, 30_000_000L).get(random.nextInt(3));
            fixture.engine.configure(DriveSettings.builder("vm1", "resizable")
                    .limits(ThrottleLimits.of(Map.of("iops", iops)))
                    .filters(
                            random.nextBoolean() ? List.of() : List.of(new FilterSettings("a", Map.of("delay", delay))))
                    .build());
        }

        private Drive drive() {
            return fixture.drive("vm1");
        }

        private void check() {
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0 -> configure();
                case 1, 2 -> resize();
                case 3, 4 -> fixture.clock.advance(random.nextInt(40_000_000));
                default -> submit();
            }
        }

        private void resize() {
            int size = 1 + random.nextInt(MAX_SIZE);
            fixture.control("vm1").resize(size, true).toCompletableFuture().join();
            assertEquals(size, drive().size());
        }

        private void submit() {
            Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
            long size = drive().size();
            int offset = random.nextInt((int) size + 100);
            Compared request = new Compared(this, operation, offset, 1 + random.nextInt(MAX_LENGTH));
            requests.add(request);
            drive().submit(request);
        }

        private void end() {
            for (int i = 0; i < 10_000 && requests.stream().anyMatch(request -> request.completions == 0); i++) {
                fixture.clock.advance(100_000_000);
            }
            assertTrue(
                    requests.stream().allMatch(request -> request.completions == 1), "requests are lost or repeated");
            int size = (int) drive().size();
            configureFree();
            for (int at = 0; at < size; at += MAX_LENGTH) {
                Compared last = new Compared(this, Operation.READ, at, Math.min(MAX_LENGTH, size - at));
                drive().submit(last);
                assertEquals(1, last.completions);
                assertEquals(null, last.error);
            }
        }

        private void configureFree() {
            fixture.engine.configure(DriveSettings.builder("vm1", "resizable").build());
        }
    }

    /** A request that compares its result with the model at its completion, which is when the storage executed it. */
    private static final class Compared extends BlockRequest {
        private final Run run;
        private final ByteBuffer buffer;
        private int completions;
        private @Nullable BlockError error;

        Compared(Run run, Operation operation, int offset, int length) {
            super("a model");
            this.run = run;
            byte[] bytes = new byte[length];
            if (operation == Operation.WRITE) {
                run.random.nextBytes(bytes);
            }
            buffer = ByteBuffer.wrap(bytes);
            prepare(operation, offset, length);
        }

        @Override
        public ByteBuffer buffer() {
            return buffer;
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            completions++;
            error = newError;
            try {
                compare(newError);
            } catch (AssertionError e) {
                run.failures.add(e); // the engine would only log it
            }
        }

        private void compare(@Nullable BlockError newError) {
            byte[] model = run.devices.model;
            int from = (int) offset();
            int to = from + (int) length();
            boolean fits = to <= model.length;
            assertEquals(fits ? null : BlockError.beyondEnd(operation()), newError);
            if (fits) {
                switch (operation()) {
                    case READ -> assertArrayEquals(Arrays.copyOfRange(model, from, to), buffer.array());
                    case WRITE -> System.arraycopy(buffer.array(), 0, model, from, to - from);
                    default -> Arrays.fill(model, from, to, (byte) 0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void driveMatchesAnArrayOfBytes(long seed) {
        Run run = new Run(seed);
        for (int i = 0; i < STEPS; i++) {
            run.step();
            run.check();
        }
        run.end();
        run.check();
    }
}
