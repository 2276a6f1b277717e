package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.testkit.throttle.RateLaw;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/** The laws of rates through the whole engine for random limits and loads. */
class LawsTest {
    private static final long SECOND = EngineFixture.SECOND;

    /** The documented allowance of both policies: two slices. A bucket's tenth of a second is less. */
    private static final long ALLOWANCE_NANOS = 200_000_000L;

    private final Map<LimitKey, RateLaw> laws = new HashMap<>();

    /** Submits a request and a similar one after each completion. Reports each to the laws. */
    private void keepBusy(
            EngineFixture fixture, String drive, Operation operation, int length, ThrottleLimits limits, boolean full) {
        Direction direction = operation == Operation.READ ? Direction.READ : Direction.WRITE;
        // a discard counts as one request and no bytes
        int charged = operation == Operation.TRIM ? 0 : length;
        laws.forEach((key, law) -> {
            if (key.appliesTo(direction)) {
                law.offered(limits.meteredUnits(key, charged));
            }
        });
        fixture.submit(drive, this, operation, 0, length, done -> {
            long now = fixture.clock.nanoTime();
            laws.forEach((key, law) -> {
                if (key.appliesTo(direction)) {
                    long units = limits.meteredUnits(key, charged);
                    if (full) {
                        law.saturatedUntil(now, units);
                    }
                    law.released(units, now);
                }
            });
            // on a timer, because inline submits grow the stack; the delay lets time pass for unlimited drives
            boolean limited = laws.keySet().stream().anyMatch(key -> key.appliesTo(direction));
            fixture.clock
                    .timer(() -> keepBusy(fixture, drive, operation, length, limits, full))
                    .arm(limited ? now : now + SECOND / 1_000);
        });
    }

    private void expect(EngineFixture fixture, ThrottleLimits limits) {
        for (LimitKey key : LimitKey.ALL) {
            if (limits.rate(key) > 0) {
                laws.put(key, new RateLaw(limits.rate(key), ALLOWANCE_NANOS, fixture.clock.nanoTime()));
            }
        }
    }

    private static void run(EngineFixture fixture) {
        for (int timer = 0; timer < 2_000; timer++) {
            fixture.clock.advanceToNextTimer();
        }
    }

    @Property(tries = 150)
    void allLimitsOfADriveHold(
            @ForAll("policies") String policy,
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<LimitKey> keys,
            @ForAll @Size(6) List<@LongRange(min = 10_000, max = 10_000_000) Long> rates,
            @ForAll @IntRange(min = 1, max = 100_000) int readSize,
            @ForAll @IntRange(min = 1, max = 100_000) int writeSize,
            @ForAll @LongRange(max = 3_000_000) long lateNanos,
            @ForAll long seed) {
        laws.clear();
        EngineFixture fixture = new EngineFixture(seed);
        fixture.clock.lateNanos(lateNanos);
        ThrottleLimits limits = limits(keys, rates);
        fixture.configure("vm1", policy, null, limits.toMap());
        expect(fixture, limits);
        for (int depth = 0; depth < 3; depth++) {
            keepBusy(fixture, "vm1", Operation.READ, readSize, limits, false);
            keepBusy(fixture, "vm1", Operation.WRITE, writeSize, limits, false);
        }
        run(fixture);
    }

    @Property(tries = 150)
    void groupLimitsHoldForAllMembers(
            @ForAll("policies") String policy,
            @ForAll @Size(min = 1, max = 4) @UniqueElements List<LimitKey> keys,
            @ForAll @Size(6) List<@LongRange(min = 10_000, max = 10_000_000) Long> rates,
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 100_000) Integer> sizes,
            @ForAll @LongRange(max = 3_000_000) long lateNanos,
            @ForAll long seed) {
        laws.clear();
        EngineFixture fixture = new EngineFixture(seed);
        fixture.clock.lateNanos(lateNanos);
        ThrottleLimits limits = limits(keys, rates);
        fixture.configureGroup("tenant", policy, limits.toMap());
        expect(fixture, limits);
        for (int drive = 0; drive < sizes.size(); drive++) {
            Map<String, Long> own = drive == 0 ? Map.of("bps", 50_000L) : Map.of();
            fixture.configure("vm" + drive, "bucket", "tenant", own);
            Operation operation = drive % 2 == 0 ? Operation.READ : Operation.WRITE;
            keepBusy(fixture, "vm" + drive, operation, sizes.get(drive), limits, false);
            keepBusy(fixture, "vm" + drive, Operation.TRIM, sizes.get(drive), limits, false);
        }
        run(fixture);
    }

    @Property(tries = 150)
    void saturatedDriveGetsItsWholeLimit(
            @ForAll("policies") String policy,
            @ForAll LimitKey key,
            @ForAll @LongRange(min = 1, max = 10_000_000) long rate,
            @ForAll @IntRange(min = 1, max = 100_000) int size,
            @ForAll boolean inGroup,
            @ForAll long seed) {
        laws.clear();
        EngineFixture fixture = new EngineFixture(seed);
        ThrottleLimits limits = ThrottleLimits.of(Map.of(key.key(), rate));
        if (inGroup) {
            fixture.configureGroup("tenant", policy, limits.toMap());
            fixture.configure("vm1", policy, "tenant", Map.of());
        } else {
            fixture.configure("vm1", policy, null, limits.toMap());
        }
        expect(fixture, limits);
        Operation operation = key.appliesTo(Direction.READ) ? Operation.READ : Operation.WRITE_ZEROES;
        for (int depth = 0; depth < 4; depth++) {
            keepBusy(fixture, "vm1", operation, size, limits, true);
        }
        run(fixture);
        assertEquals(0, fixture.control("vm1").snapshot().timer().worstLateNanos());
    }

    private static ThrottleLimits limits(List<LimitKey> keys, List<Long> rates) {
        Map<String, Long> limits = new HashMap<>();
        for (LimitKey key : keys) {
            limits.put(key.key(), rates.get(key.ordinal()));
        }
        return ThrottleLimits.of(limits);
    }

    @Provide
    Arbitrary<String> policies() {
        return Arbitraries.of("bucket", "slice");
    }
}
