package dev.weir.filter.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.fault.Fault;
import dev.weir.fault.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** A disk of 7,200 turns per minute on the virtual clock, beside its published figures. */
class DiskHeadTest {
    private static final String READ =
            "latency.track-to-track=230us latency.seek=7400us latency.full-stroke=15ms latency.rpm=7200";
    private static final String WRITE =
            "latency.track-to-track=320us latency.seek=8200us latency.full-stroke=15800us latency.rpm=7200";
    private static final double TURN = 60e9 / 7200;
    private static final int SECTORS = (int) (Fixture.SIZE / 512);

    private final long seed = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    private final Fixture fixture = new Fixture(
            "seek-read on=read seed=" + seed + " " + READ, "seek-write on=write seed=" + seed + " " + WRITE);

    /** Sends a request of a sector and returns its latency (ns). */
    private long nanos(Operation operation, long sector) {
        Fixture.Request request = fixture.submit(operation, sector * 512, 512);
        while (!request.isDone()) {
            assertTrue(fixture.clock.advanceToNextTimer());
        }
        return request.nanos();
    }

    /** The standard deviation of the mean of 20,000 latencies of some 4 ms is 0.03 ms; 0.2 ms is more than six. */
    @Test
    void randomRequestsTakeTheirPublishedMean() {
        SplittableRandom random = new SplittableRandom(seed);
        for (Operation operation : List.of(Operation.READ, Operation.WRITE)) {
            double average = operation == Operation.READ ? 7.4e6 : 8.2e6;
            double full = operation == Operation.READ ? 15e6 : 15.8e6;
            double sum = 0;
            for (int i = 0; i < 20_000; i++) {
                long nanos = nanos(operation, random.nextInt(SECTORS));
                assertTrue(nanos <= full + TURN, () -> nanos + " with seed " + seed);
                sum += nanos;
            }
            assertEquals(average + TURN / 2, sum / 20_000, 200_000, "seed " + seed);
        }
    }

    @Test
    void seekTimeRisesFromTrackToTrackToFullStroke() {
        Latency.Seek seek = (Latency.Seek) Objects.requireNonNull(Fault.of(
                        "disk",
                        Map.of(
                                "on",
                                "read",
                                "latency.track-to-track",
                                "230us",
                                "latency.seek",
                                "7400us",
                                "latency.full-stroke",
                                "15ms",
                                "latency.rpm",
                                "7200"))
                .latency());
        assertEquals(230_000, seek.seekNanos(0));
        assertEquals(15_000_000, seek.seekNanos(1), 1);
        for (int i = 0; i < 1_000; i++) {
            assertTrue(seek.seekNanos(i / 1e3) < seek.seekNanos((i + 1) / 1e3), "at " + i);
        }
        assertEquals(TURN, seek.rotationNanos(1), 1);
    }

    @Test
    void rotationTakesUpToOneTurn() {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 2_000; i++) {
            nanos(Operation.READ, 10);
            long nanos = nanos(Operation.READ, 9); // two sectors back: the shortest seek
            least = Math.min(least, nanos);
            most = Math.max(most, nanos);
        }
        long shortest = 230_000 + 500_000; // the seek over two of 2,048 sectors takes less than 0.5 ms more
        assertTrue(least >= 230_000 && least < shortest + TURN / 50, least + " with seed " + seed);
        assertTrue(most <= shortest + TURN && most > TURN * 49 / 50, most + " with seed " + seed);
    }

    @Test
    void sequentialRequestsNeedNoSeek() {
        nanos(Operation.READ, 700);
        for (int i = 701; i < 800; i++) {
            assertEquals(0, nanos(i % 2 == 0 ? Operation.READ : Operation.WRITE, i));
        }
    }

    @Test
    void headServesOneRequestAtATime() {
        List<Fixture.Request> requests = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 1_000; i++) {
            requests.add(fixture.submit(Operation.READ, random.nextInt(SECTORS) * 512L, 512));
        }
        while (fixture.clock.advanceToNextTimer()) {
            // every latency passes
        }
        for (int i = 1; i < requests.size(); i++) {
            assertTrue(requests.get(i).nanos() >= requests.get(i - 1).nanos(), "in order");
        }
        double mean = requests.get(999).nanos() / 1e3;
        assertEquals(7.4e6 + TURN / 2, mean, 1e6, "seed " + seed);
    }

    @Test
    void clearedModelLeavesNoWait() {
        for (int i = 0; i < 100; i++) {
            fixture.submit(Operation.READ, i * 4096L, 512);
        }
        fixture.set();
        fixture.set("seek-read on=read seed=1 " + READ);
        assertTrue(nanos(Operation.READ, 0) <= 15e6 + TURN);
    }
}
