package dev.weir.testkit.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.math.BigInteger;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The laws of changes: the debt stays, and no change releases more than the limits allow. */
abstract class ChangeLaws extends LimitLaws {

    @Property(tries = 200)
    void theShorterOfTimeAndUnitsHolds(
            @ForAll("anyTwoLimits") Load load,
            @ForAll @LongRange(min = 1, max = 1000) long factor,
            @ForAll boolean slower) {
        ThrottleLimits faster = scaled(load.throttleLimits(), factor);
        ThrottleLimits before = slower ? faster : load.throttleLimits();
        ThrottleLimits after = slower ? load.throttleLimits() : faster;
        ThrottlePolicy policy = policy(before, load.origin());
        long now = busy(policy, load);
        ThrottleDebt owed = policy.debt(now);
        policy.reconfigure(after, now);
        for (LimitKey key : LimitKey.ALL) {
            assertEquals(
                    shorter(owed.nanos(key), before.rate(key), after.rate(key)),
                    policy.debt(now).nanos(key),
                    1);
        }
    }

    /** Charges some requests. Returns the time of the last release (ns). */
    private static long busy(ThrottlePolicy policy, Load load) {
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin());
        for (int i = 0; i < 10 && drive.now() - load.origin() < Long.MAX_VALUE / 8; i++) {
            drive.release(Direction.WRITE, load.size(i));
        }
        return drive.now();
    }

    /** Returns the shorter of a debt as time and as units at another rate, rounded up. */
    private static long shorter(long nanos, long rate, long newRate) {
        if (newRate <= rate) {
            return nanos;
        }
        BigInteger[] parts = BigInteger.valueOf(nanos)
                .multiply(BigInteger.valueOf(rate))
                .divideAndRemainder(BigInteger.valueOf(newRate));
        return parts[0].longValueExact() + parts[1].signum();
    }

    @Property(tries = 200)
    void aChangeThereAndBackKeepsTheDebt(
            @ForAll("anyTwoLimits") Load load,
            @ForAll @LongRange(min = 1, max = 1000) long factor,
            @ForAll boolean slowerFirst) {
        ThrottleLimits faster = scaled(load.throttleLimits(), factor);
        ThrottleLimits limits = slowerFirst ? faster : load.throttleLimits();
        ThrottlePolicy policy = policy(limits, load.origin());
        long now = busy(policy, load);
        ThrottleDebt owed = policy.debt(now);
        for (int i = 0; i < 5; i++) {
            policy.reconfigure(slowerFirst ? load.throttleLimits() : faster, now);
            policy.reconfigure(limits, now);
        }
        for (LimitKey key : LimitKey.ALL) {
            assertClose(owed.nanos(key), policy.debt(now).nanos(key));
        }
    }

    private static void assertClose(long expected, long actual) {
        assertTrue(Math.abs(actual - expected) <= 1, "expected " + expected + " ns, but was " + actual);
    }

    @Property(tries = 100)
    void noChangesGiveMoreThanTheFastestLimit(
            @ForAll("anyLimit") Load load, @ForAll @IntRange(min = 1, max = 1000) int factor, @ForAll long seed) {
        ThrottleLimits slow = load.throttleLimits();
        ThrottleLimits fast = scaled(slow, factor);
        LimitKey key =
                LimitKey.ALL.stream().filter(k -> fast.rate(k) > 0).findFirst().orElseThrow();
        Direction direction = key.appliesTo(Direction.READ) ? Direction.READ : Direction.WRITE;
        RateLaw law = new RateLaw(fast.meteredRate(key, fast.rate(key)), allowanceNanos(), load.origin());
        Random random = new Random(seed);
        ThrottlePolicy policy = policy(slow, load.origin());
        long now = load.origin();
        for (int i = 0; i < 300 && now - load.origin() < Long.MAX_VALUE / 8; i++) {
            policy.reconfigure(random.nextBoolean() ? slow : fast, now);
            long size = load.size(i);
            for (int most = 0; most < 20 && policy.waitNanos(direction, size, now) == 0; most++) {
                policy.charge(direction, size, now);
                law.released(fast.meteredUnits(key, size), now);
            }
            long wait = policy.waitNanos(direction, size, now);
            now += random.nextInt(3) == 0 ? wait : (long) (random.nextDouble() * Math.min(wait, SECOND));
        }
    }

    @Property(tries = 200)
    void aChangedLimitHoldsFromBothSides(
            @ForAll("anyLimit") Load load, @ForAll @IntRange(min = 1, max = 1000) int factor, @ForAll boolean slower) {
        ThrottleLimits faster = scaled(load.throttleLimits(), factor);
        ThrottleLimits before = slower ? faster : load.throttleLimits();
        ThrottleLimits after = slower ? load.throttleLimits() : faster;
        LimitKey key =
                LimitKey.ALL.stream().filter(k -> after.rate(k) > 0).findFirst().orElseThrow();
        Direction direction = key.appliesTo(Direction.READ) ? Direction.READ : Direction.WRITE;
        ThrottlePolicy policy = policy(before, load.origin());
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin());
        for (int i = 0; i < 20 && drive.now() - load.origin() < Long.MAX_VALUE / 8; i++) {
            drive.release(direction, load.size(i));
        }
        long change = drive.now();
        policy.reconfigure(after, change);
        long head = policy.debt(change).nanos(key) + granularityNanos();
        RateLaw law = new RateLaw(after.meteredRate(key, after.rate(key)), allowanceNanos(), change);
        for (int i = 0; i < 100 && drive.now() - change < Long.MAX_VALUE / 8; i++) {
            drive.release(direction, load.size(i));
            long units = after.meteredUnits(key, load.size(i));
            law.saturatedUntil(change + Math.max(0, drive.now() - change - head), units);
            law.released(units, drive.now());
        }
    }

    @Property(tries = 200)
    void aNewPolicyTakesOverWhatIsOwed(
            @ForAll("anyTwoLimits") Load load, @ForAll @LongRange(max = 1L << 55) long nanos) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottleDebt owed = ThrottleDebt.of(key -> limits.rate(key) > 0 ? Math.abs(nanos) : 0, key -> 0);
        assertEquals(owed, factory().create(limits, owed, load.origin()).debt(load.origin()));
        ThrottleDebt faster = owed.under(limits, scaled(limits, 7));
        assertEquals(
                faster,
                factory().create(scaled(limits, 7), faster, load.origin()).debt(load.origin()));
    }

    @Property(tries = 200)
    void whatIsOwedIsPaidByTime(
            @ForAll("anyTwoLimits") Load load,
            @ForAll @LongRange(max = 1L << 40) long nanos,
            @ForAll @LongRange(max = 1L << 41) long later) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottleDebt owed = ThrottleDebt.of(key -> limits.rate(key) > 0 ? nanos : 0, key -> 0);
        ThrottlePolicy policy = factory().create(limits, owed, load.origin());
        policy.reconfigure(scaled(limits, 3), load.origin());
        policy.waitNanos(Direction.READ, load.size(0), load.origin() + later / 2);
        for (LimitKey key : LimitKey.ALL) {
            long tripled = scaled(limits, 3).rate(key);
            long expected = tripled > 0 ? Math.max(0, shorter(nanos, limits.rate(key), tripled) - later) : 0;
            assertEquals(expected, policy.debt(load.origin() + later).nanos(key));
        }
    }

    @Property(tries = 100)
    void removedLimitsHoldNothing(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin());
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin());
        for (int i = 0; i < 20 && drive.now() - load.origin() < Long.MAX_VALUE / 8; i++) {
            drive.release(i % 2 == 0 ? Direction.WRITE : Direction.READ, load.size(i));
        }
        policy.reconfigure(ThrottleLimits.NONE, drive.now());
        assertEquals(0, policy.waitNanos(Direction.WRITE, MAX_REQUEST, drive.now()));
        assertEquals(0, policy.waitNanos(Direction.READ, MAX_REQUEST, drive.now()));
    }
}
