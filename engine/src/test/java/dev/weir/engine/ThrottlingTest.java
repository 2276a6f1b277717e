package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One drive through the whole engine on the virtual clock. */
class ThrottlingTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long MIB = 1 << 20;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    @ParameterizedTest
    @CsvSource({
        "bucket,bps,10485760", "bucket,bps_rd,10485760", "bucket,bps_wr,999999",
        "bucket,iops,500", "bucket,iops_rd,1000", "bucket,iops_wr,77",
        "slice,bps,10485760", "slice,bps_rd,10485760", "slice,bps_wr,999999",
        "slice,iops,500", "slice,iops_rd,1000", "slice,iops_wr,77"
    })
    void aSaturatedDriveRunsAtItsLimitThoughTimersAreLate(String policy, String key, long rate) {
        LimitKey limit = LimitKey.valueOf(key.toUpperCase(Locale.ROOT));
        fixture.clock.lateNanos(63_000);
        fixture.configure("vm1", policy, null, Map.of(key, rate));
        Operation operation = limit.appliesTo(Direction.READ) ? Operation.READ : Operation.WRITE;
        Load load = new Load(fixture, "vm1", operation, 4096, 32);
        fixture.clock.advance(SECOND);
        long before = load.requests();
        fixture.clock.advance(100 * SECOND);
        double perSecond = rate / (limit.countsBytes() ? 4096.0 : 1);
        assertEquals(100 * perSecond, load.requests() - before, 0.1 * perSecond + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void readsThatAReadLimitHoldsDoNotHoldUpWrites(String policy) {
        fixture.configure("vm1", policy, null, Map.of("bps_rd", 1L, "bps", 100 * MIB));
        Load reads = new Load(fixture, "vm1", Operation.READ, 1 << 20, 8);
        Load writes = new Load(fixture, "vm1", Operation.WRITE, 1 << 20, 8);
        fixture.clock.advance(10 * SECOND);
        assertTrue(writes.bytes() >= 990 * MIB, writes.bytes() + " bytes");
        assertTrue(reads.requests() <= 1, reads.requests() + " reads");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void writesThatAWriteLimitHoldsDoNotHoldUpReads(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops_wr", 1L, "iops", 1000L));
        Load writes = new Load(fixture, "vm1", Operation.WRITE, 4096, 8);
        Load reads = new Load(fixture, "vm1", Operation.READ, 4096, 8);
        fixture.clock.advance(10 * SECOND);
        assertTrue(reads.requests() >= 9_980, reads.requests() + " reads");
        assertTrue(writes.requests() >= 9 && writes.requests() <= 12, writes.requests() + " writes");
    }

    @ParameterizedTest
    @CsvSource({"bucket,65536,65536", "slice,65536,65536", "bucket,4096,1048576", "slice,4096,1048576"})
    void underASharedLimitReadsAndWritesProgressAtTheSameRate(String policy, int readSize, int writeSize) {
        fixture.configure("vm1", policy, null, Map.of("bps", 10 * MIB));
        Load reads = new Load(fixture, "vm1", Operation.READ, readSize, 64);
        Load writes = new Load(fixture, "vm1", Operation.WRITE, writeSize, 64);
        fixture.clock.advance(20 * SECOND);
        assertEquals(reads.bytes(), writes.bytes(), 1.5 * MIB, "of " + (reads.bytes() + writes.bytes()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void firstInIsFirstOutInEachDirection(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops", 100L));
        for (int i = 0; i < 50; i++) {
            fixture.submit("vm1", Operation.READ, i, 512);
            fixture.submit("vm1", i % 2 == 0 ? Operation.WRITE : Operation.TRIM, i, 512);
        }
        fixture.clock.advance(2 * SECOND);
        for (String lane : List.of("read", "write|trim")) {
            List<Integer> offsets = fixture.script.log.stream()
                    .filter(line -> line.matches("(" + lane + ") .*"))
                    .map(line -> Integer.parseInt(line.substring(line.indexOf(' ') + 1)))
                    .toList();
            assertEquals(50, offsets.size());
            assertEquals(offsets.stream().sorted().toList(), offsets);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void oneByteASecondDoesNotHangA32MebibyteRequest(String policy) {
        fixture.configure("vm1", policy, null, Map.of("bps", 1L));
        TestRequest first = fixture.submit("vm1", Operation.WRITE, 0, 32 * MIB);
        TestRequest second = fixture.submit("vm1", Operation.WRITE, 0, 32 * MIB);
        fixture.clock.advance(2 * 32 * MIB * SECOND);
        assertTrue(first.isCompleted() && second.isCompleted());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void otherLimitsActOnWhatIsQueuedAtOnce(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops", 1L));
        for (int i = 0; i < 100; i++) {
            fixture.submit("vm1", Operation.READ, i, 512);
        }
        fixture.control("vm1").limits(ThrottleLimits.of(Map.of("iops", 10L)));
        fixture.clock.advance(3 * SECOND);
        long done = fixture.control("vm1").snapshot().counters().reads();
        assertTrue(done >= 19 && done <= 33, done + " reads");
        fixture.control("vm1").limits(ThrottleLimits.NONE);
        assertEquals(100, fixture.control("vm1").snapshot().counters().reads());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void aMissingPolicyHoldsAndLosesNothing(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops", 100L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 8);
        fixture.clock.advance(SECOND);
        fixture.engine.removePolicies(policy.equals("bucket") ? fixture.bucket : fixture.slice);
        long before = load.requests();
        fixture.clock.advance(100 * SECOND);
        assertEquals(before, load.requests());
        assertEquals(State.HOLDING, fixture.control("vm1").snapshot().state());
        assertEquals(
                "policy " + policy + " is missing",
                fixture.control("vm1").snapshot().reason());
        assertEquals(8, fixture.control("vm1").queue().size());
        fixture.engine.addPolicies(policy.equals("bucket") ? fixture.bucket : fixture.slice, 0);
        fixture.clock.advance(10 * SECOND);
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        assertEquals(1_000, load.requests() - before, 21);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void aPolicySwapIsNeitherALoopholeNorAPenalty(String policy) {
        fixture.configure("vm1", policy, null, Map.of("bps", 16 * MIB));
        Load load = new Load(fixture, "vm1", Operation.WRITE, 16 << 10, 16);
        for (int swap = 0; swap < 1_000; swap++) {
            fixture.clock.advance(SECOND / 10 + swap * 1_000L);
            fixture.control("vm1").policy(swap % 2 == 0 ? "slice" : "bucket");
        }
        double seconds = 100 + 999L * 1_000 * 1_000 / 2 / 1e9;
        assertEquals(seconds * 16 * MIB, load.bytes(), seconds * 16 * MIB / 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void aLeavingClientTakesItsRequestsAlongUncharged(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops", 1L));
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm1", Operation.READ, 1, 512);
        TestRequest leaving = fixture.submit("vm1", "guest", Operation.READ, 2, 512, request -> {});
        TestRequest staying = fixture.submit("vm1", Operation.READ, 3, 512);
        int logged = fixture.script.log.size();
        fixture.drive("vm1").cancel("guest");
        assertEquals(BlockError.ESHUTDOWN, leaving.error());
        assertEquals(logged, fixture.script.log.size());
        fixture.clock.advance(4 * SECOND);
        assertTrue(staying.isCompleted());
        assertNull(staying.error());
        assertFalse(fixture.script.log.contains("read 2"));
        assertEquals(1, fixture.control("vm1").snapshot().counters().cancelled());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void queueNamesLimitAndRelease(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops_rd", 1L, "bps_wr", 512L));
        assertEquals("", fixture.control("vm1").snapshot().heldBy());
        for (int i = 0; i < 3; i++) {
            fixture.submit("vm1", "guest", Operation.READ, i * 512L, 512, request -> {});
            fixture.submit("vm1", "guest", Operation.WRITE, i * 512L, 512, request -> {});
        }
        fixture.clock.advance(SECOND / 4);
        for (QueuedRequest waiting : fixture.control("vm1").queue()) {
            assertEquals(waiting.operation() == Operation.READ ? "iops_rd" : "bps_wr", waiting.heldBy());
            assertEquals(SECOND / 4, waiting.ageNanos());
            assertEquals("guest", waiting.client());
        }
        assertTrue(fixture.control("vm1").snapshot().timer().armed());
        assertEquals("iops_rd, bps_wr", fixture.control("vm1").snapshot().heldBy());
        QueuedRequest next = fixture.control("vm1").queue().get(0);
        int waiting = fixture.control("vm1").queue().size();
        fixture.clock.advance(next.goesInNanos() - 1);
        assertEquals(waiting, fixture.control("vm1").queue().size());
        fixture.clock.advance(1);
        assertEquals(waiting - 2, fixture.control("vm1").queue().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void theQueueForeseesWhenEachRequestGoesUnderASharedLimit(String policy) {
        fixture.configure("vm1", policy, null, Map.of("iops", 10L));
        for (int i = 0; i < 6; i++) {
            fixture.submit("vm1", Operation.READ, i, 512);
            fixture.submit("vm1", Operation.WRITE, i, 512);
        }
        List<QueuedRequest> foreseen = fixture.control("vm1").queue();
        long passed = 0;
        for (QueuedRequest next : foreseen) {
            fixture.clock.advance(next.goesInNanos() - passed);
            passed = next.goesInNanos();
            String line = (next.operation() == Operation.READ ? "read " : "write ") + next.offset();
            assertTrue(fixture.script.log.contains(line), line + " is late");
        }
        assertEquals(List.of(), fixture.control("vm1").queue());
    }
}
