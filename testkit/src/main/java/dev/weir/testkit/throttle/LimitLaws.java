package dev.weir.testkit.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The laws of limits: each limit holds from both sides, alone and with others, for a request and for a year. */
abstract class LimitLaws extends PolicyLaws {

    private static final long YEAR_SECONDS = 365L * 24 * 3600;

    @Property(tries = 300)
    void oneLimitIsKeptFromBothSides(@ForAll("anyLimit") Load load) {
        keepsEveryLimit(load, 400);
    }

    @Property(tries = 300)
    void anyTwoLimitsHoldAtOnce(@ForAll("anyTwoLimits") Load load) {
        keepsEveryLimit(load, 400);
    }

    private void keepsEveryLimit(Load load, int requests) {
        ThrottleLimits limits = load.throttleLimits();
        List<LimitKey> kept =
                LimitKey.ALL.stream().filter(k -> limits.rate(k) > 0).toList();
        List<RateLaw> laws = kept.stream()
                .map(k -> new RateLaw(limits.meteredRate(k, limits.rate(k)), allowanceNanos(), load.origin()))
                .toList();
        boolean bothHold = kept.stream().allMatch(k -> k.appliesTo(Direction.READ));
        SaturatedDrive drive = new SaturatedDrive(policy(limits, load.origin()), load.origin());
        Direction direction = bothHold ? Direction.READ : Direction.WRITE;
        boolean alternates = kept.stream().anyMatch(k -> !k.appliesTo(direction));
        long longest = Long.MAX_VALUE / 4;
        for (int i = 0; i < requests && drive.now() - load.origin() < longest; i++) {
            Direction next = alternates && i % 2 == 1 ? opposite(direction) : direction;
            long size = load.size(i);
            drive.release(next, size);
            for (int law = 0; law < laws.size(); law++) {
                LimitKey key = kept.get(law);
                if (key.appliesTo(next)) {
                    long units = limits.meteredUnits(key, size);
                    if (laws.size() == 1 && !alternates) {
                        laws.get(law).saturatedUntil(drive.now(), units);
                    }
                    laws.get(law).released(units, drive.now());
                }
            }
        }
    }

    private static Direction opposite(Direction direction) {
        return direction == Direction.READ ? Direction.WRITE : Direction.READ;
    }

    @Property(tries = 200)
    void theSlowerOfTwoSharedLimitsHolds(
            @ForAll @LongRange(min = 1, max = 1L << 40) long bps,
            @ForAll @LongRange(min = 1, max = 1_000_000) long iops,
            @ForAll @LongRange(min = 1, max = MAX_REQUEST) long size,
            @ForAll long origin) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", bps, "iops", iops));
        boolean bytesAreSlower = (double) size / bps >= 1.0 / iops;
        RateLaw law = bytesAreSlower
                ? new RateLaw(bps, allowanceNanos(), origin)
                : new RateLaw(iops, allowanceNanos(), origin);
        long units = bytesAreSlower ? size : 1;
        SaturatedDrive drive = new SaturatedDrive(policy(limits, origin), origin);
        for (int i = 0; i < 300; i++) {
            drive.release(Direction.WRITE, size);
            long elapsed = drive.now() - origin;
            law.saturatedUntil(origin + Math.max(0, elapsed - granularityNanos()), units);
            law.released(units, drive.now());
        }
    }

    @Property(tries = 200)
    void aDirectionLimitSparesTheOtherDirection(
            @ForAll @LongRange(min = 1, max = 1_000) long rate, @ForAll long origin) {
        ThrottlePolicy policy = policy(ThrottleLimits.of(Map.of("bps_rd", rate, "iops_rd", rate)), origin);
        ThrottleDebt before = policy.debt(origin);
        for (int i = 0; i < 100; i++) {
            assertEquals(0, policy.waitNanos(Direction.WRITE, MAX_REQUEST, origin));
            policy.charge(Direction.WRITE, MAX_REQUEST, origin);
        }
        assertEquals(before, policy.debt(origin));
    }

    @Property(tries = 200)
    void aRequestCostsTheSumOfItsBytes(
            @ForAll @LongRange(min = 1, max = 1_000_000) long bps,
            @ForAll @IntRange(min = 1, max = 5_000) int bytes,
            @ForAll long origin) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", bps));
        ThrottlePolicy atOnce = policy(limits, origin);
        SaturatedDrive one = new SaturatedDrive(atOnce, origin);
        one.release(Direction.READ, bytes);
        ThrottlePolicy byAndBy = policy(limits, origin);
        SaturatedDrive many = new SaturatedDrive(byAndBy, origin);
        for (int i = 0; i < bytes; i++) {
            many.release(Direction.READ, 1);
        }
        assertEquals(
                many.now() - origin + byAndBy.debt(many.now()).nanos(LimitKey.BPS),
                one.now() - origin + atOnce.debt(one.now()).nanos(LimitKey.BPS),
                "all is paid for at the same moment");
    }

    @Property(tries = 100)
    void anEmptyRequestCostsOneRequestOnly(
            @ForAll @LongRange(min = 1, max = 1_000_000) long rate, @ForAll long origin) {
        ThrottlePolicy bytes = policy(ThrottleLimits.of(Map.of("bps", rate)), origin);
        ThrottlePolicy requests = policy(ThrottleLimits.of(Map.of("iops", rate, "iops_size", 4096L)), origin);
        ThrottlePolicy small = policy(ThrottleLimits.of(Map.of("iops", rate, "iops_size", 4096L)), origin);
        SaturatedDrive discards = new SaturatedDrive(requests, origin);
        SaturatedDrive writes = new SaturatedDrive(small, origin);
        for (int i = 0; i < 100; i++) {
            assertEquals(0, bytes.waitNanos(Direction.WRITE, 0, origin));
            bytes.charge(Direction.WRITE, 0, origin);
            discards.release(Direction.WRITE, 0);
            writes.release(Direction.WRITE, 1);
        }
        assertEquals(ThrottleDebt.NONE, bytes.debt(origin));
        assertEquals(writes.now(), discards.now());
    }

    @Example
    @Tag(LONG)
    void aYearOfOneByteASecondDoesNotDrift() {
        driftsLessThanOneRequest(1, 1);
    }

    @Example
    @Tag(LONG)
    void aYearOfATerabyteASecondDoesNotDrift() {
        driftsLessThanOneRequest(1_000_000_000_000L, 16_777_259_000_003L);
    }

    private void driftsLessThanOneRequest(long bps, long size) {
        long origin = Long.MAX_VALUE - 5 * SECOND;
        SaturatedDrive drive = new SaturatedDrive(policy(ThrottleLimits.of(Map.of("bps", bps)), origin), origin);
        long released = 0;
        while (drive.now() - origin < YEAR_SECONDS * SECOND) {
            drive.release(Direction.WRITE, size);
            released++;
        }
        double due = (double) (drive.now() - origin) / SECOND * bps / size;
        double allowed = 2 + allowanceNanos() / 1e9 * bps / size;
        assertTrue(Math.abs(released - due) <= allowed, released + " released, " + due + " due");
    }

    @Property(tries = 200)
    void idleTimeNeverMakesADriveSlower(@ForAll("anyTwoLimits") Load load, @ForAll @LongRange(min = 1) long idle) {
        idlingDoesNoHarm(load.withoutLimitsButOne(), idle, granularityNanos());
        if (granularityNanos() == 0) {
            idlingDoesNoHarm(load, idle, 0);
        }
    }

    private void idlingDoesNoHarm(Load load, long idle, long toleranceNanos) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottlePolicy policy = policy(limits, load.origin());
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin());
        for (int i = 0; i < 20 && drive.now() - load.origin() < Long.MAX_VALUE / 8; i++) {
            drive.release(Direction.WRITE, load.size(i));
        }
        drive.idle(longest(policy.debt(drive.now())) + SECOND + idle / 8);
        long begin = drive.now();
        SaturatedDrive fresh = new SaturatedDrive(policy(limits, begin), begin);
        for (int i = 0; i < 20 && fresh.now() - begin < Long.MAX_VALUE / 8; i++) {
            drive.release(Direction.WRITE, load.size(i));
            fresh.release(Direction.WRITE, load.size(i));
            assertTrue(drive.now() - fresh.now() <= toleranceNanos, "request " + i + " after idling is late");
        }
    }

    private static long longest(ThrottleDebt debt) {
        return LimitKey.ALL.stream().mapToLong(debt::nanos).max().orElse(0);
    }

    @Property(tries = 100)
    void noLimitHangsAGuest(@ForAll("anyKey") LimitKey key, @ForAll long origin) {
        Direction direction = key.appliesTo(Direction.READ) ? Direction.READ : Direction.WRITE;
        SaturatedDrive drive = new SaturatedDrive(policy(ThrottleLimits.of(Map.of(key.key(), 1L)), origin), origin);
        for (int i = 0; i < 20; i++) {
            drive.release(direction, MAX_REQUEST);
        }
        long units = key.countsBytes() ? MAX_REQUEST : 1;
        assertTrue(drive.now() - origin <= 20 * units * SECOND, "took " + (drive.now() - origin) + " ns");
    }

    @Example
    void withoutLimitsEverythingGoes() {
        ThrottlePolicy policy = policy(ThrottleLimits.NONE, 0);
        for (int i = 0; i < 1000; i++) {
            assertEquals(0, policy.waitNanos(Direction.WRITE, MAX_REQUEST, 0));
            policy.charge(Direction.WRITE, MAX_REQUEST, 0);
        }
    }
}
