package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.testkit.throttle.RateLaw;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The law of rates over restarts: in any window of the wall clock a drive and its group get at most rate × T, one
 * burst and the charges of a quarter of a second, however often Weir is killed or stopped.
 */
class RestartLawTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final int RESTARTS = 200;
    private static final int LENGTH = 500;
    private static final long RATE = 10_000;
    private static final long BURST_RATE = 100_000;
    private static final long BURST_SECONDS = 3;
    private static final Map<String, Long> LIMITS =
            Map.of("bps", RATE, "bps_max", BURST_RATE, "bps_max_length", BURST_SECONDS);

    private final Path home;
    private long released;

    RestartLawTest(@TempDir Path home) {
        this.home = home;
    }

    @ParameterizedTest
    @CsvSource({"1,0,false", "2,50,false", "3,100,false", "4,50,true", "5,90,true", "6,100,true"})
    void burstIsNotRefilled(long seed, int killPercent, boolean inGroup) {
        Random random = new Random(seed);
        Processes processes = new Processes(home);
        long burstNanos = BURST_SECONDS * SECOND * BURST_RATE / RATE;
        // the charges of a first process before its first save
        long unsaved = SECOND / 4 * BURST_RATE / RATE;
        long start = processes.wall();
        RateLaw law = new RateLaw(RATE, burstNanos + unsaved, start);
        long upNanos = 0;
        for (int i = 0; i < RESTARTS; i++) {
            EngineFixture fixture = processes.start(random.nextLong());
            if (inGroup) {
                fixture.configureGroup("tenant", "bucket", LIMITS);
            }
            fixture.configure("vm1", "bucket", inGroup ? "tenant" : null, inGroup ? Map.of() : LIMITS);
            processes.keepSaving();
            boolean[] runs = {true};
            for (int depth = 0; depth < 4; depth++) {
                submit(fixture, processes, law, runs);
            }
            long up = random.nextInt(10) == 0 ? 5 * SECOND : random.nextLong(2 * SECOND);
            upNanos += up;
            fixture.clock.advance(up);
            runs[0] = false;
            if (random.nextInt(100) < killPercent) {
                processes.kill();
            } else {
                processes.stop();
            }
            processes.pass(SECOND / 5 + random.nextLong(SECOND));
        }
        long due = upNanos / SECOND * RATE / 2;
        assertTrue(released > due, () -> released + " bytes are less than half of the rate: " + due);
    }

    private void submit(EngineFixture fixture, Processes processes, RateLaw law, boolean[] runs) {
        fixture.submit("vm1", this, Operation.READ, 0, LENGTH, done -> {
            if (done.error() == null && runs[0]) {
                released += LENGTH;
                law.released(LENGTH, processes.wall());
                // on a timer, because inline submits grow the stack
                fixture.clock
                        .timer(() -> {
                            if (runs[0]) {
                                submit(fixture, processes, law, runs);
                            }
                        })
                        .arm(fixture.clock.nanoTime());
            }
        });
    }
}
