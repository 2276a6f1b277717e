package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.Charging;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The units charged for each kind of request. */
class ChargingTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final int MIB = 1 << 20;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    private void configure(Map<String, Long> limits, Charging charging) {
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .limits(ThrottleLimits.of(limits))
                .charging(charging)
                .filters(List.of())
                .build());
    }

    private long owedSeconds(LimitKey limit) {
        return fixture.control("vm1").snapshot().debt().nanos(limit) / SECOND;
    }

    @Test
    void aTrimCostsOneRequestAndNoBytes() {
        configure(Map.of("bps", 1L, "iops", 1L), Charging.DEFAULT);
        assertTrue(fixture.submit("vm1", Operation.TRIM, 0, MIB).isCompleted());
        assertEquals(0, owedSeconds(LimitKey.BPS));
        assertEquals(1, owedSeconds(LimitKey.IOPS));
    }

    @Test
    void trimsAreChargedByLengthOnRequest() {
        configure(Map.of("bps", 1L), new Charging(true, 0));
        fixture.submit("vm1", Operation.TRIM, 0, MIB);
        assertEquals(MIB, owedSeconds(LimitKey.BPS));
    }

    @Test
    void zeroesThatAreWrittenAreChargedByLength() {
        configure(Map.of("bps", 1L), Charging.DEFAULT);
        fixture.submit("vm1", Operation.WRITE_ZEROES, 0, MIB);
        assertEquals(MIB, owedSeconds(LimitKey.BPS));
    }

    @Test
    void zeroesWithoutDataCountAsOneRequest() {
        fixture.backends.zeroesFast(true);
        configure(Map.of("bps", 1L), Charging.DEFAULT);
        for (int i = 0; i < 10; i++) {
            TestRequest zeroes = new TestRequest("guest", Operation.FAST_ZERO, 0, MIB, request -> {});
            zeroes.mayUnmap(true);
            zeroes.submitTo(fixture.drive("vm1"));
            assertTrue(zeroes.isCompleted());
        }
        assertEquals(0, owedSeconds(LimitKey.BPS));
    }

    @Test
    void aDiscardWaitsForItsChargedBytes() {
        configure(Map.of("iops", 1L, "iops_size", 4096L, "bps", 1_000_000L), Charging.DEFAULT);
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        TestRequest trim = fixture.submit("vm1", Operation.TRIM, 0, MIB);
        TestRequest write = fixture.submit("vm1", Operation.WRITE, 0, 512);
        fixture.clock.advance(SECOND);
        assertTrue(trim.isCompleted());
        fixture.clock.advance(SECOND);
        assertTrue(write.isCompleted());
    }

    @Test
    void cachingIsChargedAsARead() {
        configure(Map.of("bps_rd", (long) MIB, "iops_rd", 10L), Charging.DEFAULT);
        fixture.submit("vm1", Operation.CACHE, 0, MIB);
        TestRequest second = fixture.submit("vm1", Operation.CACHE, 0, MIB);
        assertFalse(second.isCompleted());
        fixture.clock.advance(SECOND);
        assertTrue(second.isCompleted());
        assertEquals(2, fixture.control("vm1").snapshot().counters().caches());
    }

    @Test
    void theCapOfFlushesHoldsOnlyFlushes() {
        configure(Map.of(), new Charging(false, 10));
        fixture.submit("vm1", Operation.FLUSH, 0, 0);
        fixture.submit("vm1", Operation.FLUSH, 0, 0);
        TestRequest third = fixture.submit("vm1", Operation.FLUSH, 0, 0);
        assertFalse(third.isCompleted());
        assertEquals(
                List.of("flushes"),
                fixture.control("vm1").queue().stream()
                        .map(QueuedRequest::heldBy)
                        .toList());
        assertEquals(1, fixture.control("vm1").snapshot().queuedWrites());
        assertTrue(fixture.submit("vm1", Operation.WRITE, 0, 512).isCompleted());
        fixture.clock.advance(SECOND / 10);
        assertTrue(third.isCompleted());
    }

    @Test
    void theCapOfFlushesChangesLive() {
        configure(Map.of(), Charging.DEFAULT);
        assertTrue(fixture.submit("vm1", Operation.FLUSH, 0, 0).isCompleted());
        configure(Map.of(), new Charging(false, 1));
        fixture.submit("vm1", Operation.FLUSH, 0, 0);
        TestRequest held = fixture.submit("vm1", Operation.FLUSH, 0, 0);
        TestRequest cancelled = fixture.submit("vm1", "guest", Operation.FLUSH, 0, 0, request -> {});
        fixture.drive("vm1").cancel("guest");
        assertTrue(cancelled.isCompleted());
        assertFalse(held.isCompleted());
        configure(Map.of(), Charging.DEFAULT);
        assertTrue(held.isCompleted());
    }

    @Test
    void removalEndsHeldFlushes() {
        configure(Map.of(), new Charging(false, 1));
        fixture.submit("vm1", Operation.FLUSH, 0, 0);
        TestRequest held = fixture.submit("vm1", Operation.FLUSH, 0, 0);
        assertFalse(held.isCompleted());
        fixture.engine.removeDrive("vm1");
        assertTrue(held.isCompleted());
        assertEquals(BlockError.ESHUTDOWN, held.error());
    }
}
