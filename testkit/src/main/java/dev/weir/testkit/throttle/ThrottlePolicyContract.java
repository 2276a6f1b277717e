package dev.weir.testkit.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * The laws for a single policy. To test a policy, extend this class and implement {@link #factory} and {@link
 * #allowanceNanos}. A failed law prints the seed that repeats the failure.
 *
 * <p>Time is an argument. A simulated year therefore takes seconds and nothing sleeps.
 */
public abstract class ThrottlePolicyContract {

    /** The tag of tests that take seconds. Mutation testing excludes them. */
    public static final String LONG = "long";

    private static final long YEAR_SECONDS = 365L * 24 * 3600;
    private static final long SECOND = 1_000_000_000L;
    private static final int MAX_REQUEST = 32 << 20;

    /** {@return the factory of the policy} */
    protected abstract ThrottlePolicyFactory factory();

    /**
     * {@return the documented allowance of the policy without a burst, as time at the rate (ns)} A policy may release
     * that much at once beyond its rate and one request.
     */
    protected abstract long allowanceNanos();

    /**
     * {@return the influence (ns) of a request's arrival time on its release} For a policy that divides time into
     * pieces. 0 for a policy that treats all moments alike.
     */
    protected long granularityNanos() {
        return 0;
    }

    /**
     * A random load.
     *
     * @param limits the limits by key
     * @param sizes the lengths of the requests (bytes)
     * @param origin the first time (ns)
     */
    public record Load(Map<String, Long> limits, List<Integer> sizes, long origin) {
        ThrottleLimits throttleLimits() {
            return ThrottleLimits.of(limits);
        }

        Load withoutLimitsButOne() {
            Map.Entry<String, Long> one = limits.entrySet().iterator().next();
            return new Load(Map.of(one.getKey(), one.getValue()), sizes, origin);
        }

        long size(int request) {
            return sizes.get(request % sizes.size());
        }
    }

    private ThrottlePolicy policy(ThrottleLimits limits, long now) {
        return factory().create(limits, ThrottleDebt.NONE, now);
    }

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
                .map(k -> new RateLaw(limits.meteredRate(k, limits.rate(k)), allowanceNanos(), load.origin))
                .toList();
        boolean bothHold = kept.stream().allMatch(k -> k.appliesTo(Direction.READ));
        SaturatedDrive drive = new SaturatedDrive(policy(limits, load.origin), load.origin);
        Direction direction = bothHold ? Direction.READ : Direction.WRITE;
        boolean alternates = kept.stream().anyMatch(k -> !k.appliesTo(direction));
        long longest = Long.MAX_VALUE / 4;
        for (int i = 0; i < requests && drive.now() - load.origin < longest; i++) {
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
    void askingOftenChangesNothing(@ForAll("anyTwoLimits") Load load, @ForAll long seed) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottlePolicy asked = policy(limits, load.origin);
        SaturatedDrive often = new SaturatedDrive(asked, load.origin);
        SaturatedDrive once = new SaturatedDrive(policy(limits, load.origin), load.origin);
        Random random = new Random(seed);
        for (int i = 0; i < 50 && once.now() - load.origin < Long.MAX_VALUE / 4; i++) {
            long wait = asked.waitNanos(Direction.WRITE, load.size(i), often.now());
            for (int poll = 0; poll < 50 && wait > 1; poll++) {
                long early = Math.floorMod(random.nextLong(), wait);
                often.idle(early);
                wait -= early;
                assertEquals(wait, asked.waitNanos(Direction.WRITE, load.size(i), often.now()));
            }
            often.release(Direction.WRITE, load.size(i));
            once.release(Direction.WRITE, load.size(i));
            assertEquals(once.now() - load.origin, often.now() - load.origin, "request " + i);
        }
    }

    @Example
    @Tag(LONG)
    void askingEveryMicrosecondChangesNothing() {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1_234_567L, "iops", 777L));
        ThrottlePolicy asked = policy(limits, 0);
        SaturatedDrive once = new SaturatedDrive(policy(limits, 0), 0);
        once.release(Direction.READ, 4096);
        for (long now = 0; now < 10 * SECOND; now += 1_000) {
            while (asked.waitNanos(Direction.READ, 4096, now) == 0) {
                asked.charge(Direction.READ, 4096, now);
                assertTrue(now - once.now() < 1_000 && now >= once.now(), "polled " + now + ", due " + once.now());
                once.release(Direction.READ, 4096);
            }
        }
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
        ThrottlePolicy policy = policy(limits, load.origin);
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin);
        for (int i = 0; i < 20 && drive.now() - load.origin < Long.MAX_VALUE / 8; i++) {
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

    @Property(tries = 200)
    void aHeldRequestChargesNoLimit(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin);
        long now = load.origin;
        for (int i = 0; i < 30; i++) {
            ThrottleDebt before = policy.debt(now);
            long wait = policy.waitNanos(Direction.READ, load.size(i), now);
            assertEquals(before, policy.debt(now));
            if (wait == 0) {
                policy.charge(Direction.READ, load.size(i), now);
            }
        }
    }

    @Property(tries = 200)
    void theWaitIsTheMaximumOfAllLimits(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin);
        for (int i = 0; i < 20; i++) {
            Direction direction = i % 3 == 0 ? Direction.READ : Direction.WRITE;
            long size = load.size(i);
            long longest = LimitKey.ALL.stream()
                    .mapToLong(key -> policy.waitNanos(key, direction, size, load.origin))
                    .max()
                    .orElse(0);
            assertEquals(longest, policy.waitNanos(direction, size, load.origin));
            if (longest == 0) {
                policy.charge(direction, size, load.origin);
            }
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
    void theShorterOfTimeAndUnitsHolds(
            @ForAll("anyTwoLimits") Load load,
            @ForAll @LongRange(min = 1, max = 1000) long factor,
            @ForAll boolean slower) {
        ThrottleLimits faster = scaled(load.throttleLimits(), factor);
        ThrottleLimits before = slower ? faster : load.throttleLimits();
        ThrottleLimits after = slower ? load.throttleLimits() : faster;
        ThrottlePolicy policy = policy(before, load.origin);
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

    private static void assertClose(long expected, long actual) {
        assertTrue(Math.abs(actual - expected) <= 1, "expected " + expected + " ns, but was " + actual);
    }

    /** Charges some requests. Returns the time of the last release (ns). */
    private static long busy(ThrottlePolicy policy, Load load) {
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin);
        for (int i = 0; i < 10 && drive.now() - load.origin < Long.MAX_VALUE / 8; i++) {
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
        ThrottlePolicy policy = policy(limits, load.origin);
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

    @Property(tries = 100)
    void noChangesGiveMoreThanTheFastestLimit(
            @ForAll("anyLimit") Load load, @ForAll @IntRange(min = 1, max = 1000) int factor, @ForAll long seed) {
        ThrottleLimits slow = load.throttleLimits();
        ThrottleLimits fast = scaled(slow, factor);
        LimitKey key =
                LimitKey.ALL.stream().filter(k -> fast.rate(k) > 0).findFirst().orElseThrow();
        Direction direction = key.appliesTo(Direction.READ) ? Direction.READ : Direction.WRITE;
        RateLaw law = new RateLaw(fast.meteredRate(key, fast.rate(key)), allowanceNanos(), load.origin);
        Random random = new Random(seed);
        ThrottlePolicy policy = policy(slow, load.origin);
        long now = load.origin;
        for (int i = 0; i < 300 && now - load.origin < Long.MAX_VALUE / 8; i++) {
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
    void aWithdrawnRequestChangesNothing(@ForAll("anyTwoLimits") Load load, @ForAll long seed) {
        ThrottlePolicy asked = policy(load.throttleLimits(), load.origin);
        ThrottlePolicy spared = policy(load.throttleLimits(), load.origin);
        Random random = new Random(seed);
        long now = load.origin;
        for (int i = 0; i < 60 && now - load.origin < Long.MAX_VALUE / 8; i++) {
            Direction withdrawn = random.nextBoolean() ? Direction.READ : Direction.WRITE;
            long wait = asked.waitNanos(withdrawn, 1L + random.nextInt(MAX_REQUEST), now);
            now += switch (random.nextInt(4)) {
                case 0 -> Math.min(wait, 100 * SECOND);
                case 1 -> random.nextInt(300_000_000);
                default -> 0;
            };
            long size = load.size(i);
            long expected = spared.waitNanos(Direction.WRITE, size, now);
            assertEquals(expected, asked.waitNanos(Direction.WRITE, size, now), "request " + i);
            assertEquals(spared.debt(now), asked.debt(now), "request " + i);
            if (expected == 0) {
                spared.charge(Direction.WRITE, size, now);
                asked.charge(Direction.WRITE, size, now);
            }
        }
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

    private static ThrottleLimits scaled(ThrottleLimits limits, long factor) {
        Map<String, Long> scaled = limits.toMap();
        scaled.replaceAll((key, value) -> Math.min(ThrottleLimits.MAX_VALUE, value * factor));
        return ThrottleLimits.of(scaled);
    }

    @Property(tries = 200)
    void aNewPolicyTakesOverWhatIsOwed(
            @ForAll("anyTwoLimits") Load load, @ForAll @LongRange(max = 1L << 55) long nanos) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottleDebt owed = ThrottleDebt.of(key -> limits.rate(key) > 0 ? Math.abs(nanos) : 0, key -> 0);
        assertEquals(owed, factory().create(limits, owed, load.origin).debt(load.origin));
        ThrottleDebt faster = owed.under(limits, scaled(limits, 7));
        assertEquals(
                faster, factory().create(scaled(limits, 7), faster, load.origin).debt(load.origin));
    }

    @Property(tries = 200)
    void aCopyBehavesLikeItsOriginalIndependently(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy original = policy(load.throttleLimits(), load.origin);
        SaturatedDrive drive = new SaturatedDrive(original, load.origin);
        for (int i = 0; i < 20; i++) {
            drive.release(Direction.WRITE, load.size(i));
        }
        ThrottlePolicy copy = original.copy();
        if (copy == null) {
            return;
        }
        SaturatedDrive ahead = new SaturatedDrive(copy, drive.now());
        for (int i = 0; i < 20; i++) {
            ahead.release(Direction.WRITE, load.size(i));
        }
        for (int i = 0; i < 20; i++) {
            drive.release(Direction.WRITE, load.size(i));
        }
        assertEquals(ahead.now(), drive.now());
    }

    @Property(tries = 200)
    void whatIsOwedIsPaidByTime(
            @ForAll("anyTwoLimits") Load load,
            @ForAll @LongRange(max = 1L << 40) long nanos,
            @ForAll @LongRange(max = 1L << 41) long later) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottleDebt owed = ThrottleDebt.of(key -> limits.rate(key) > 0 ? nanos : 0, key -> 0);
        ThrottlePolicy policy = factory().create(limits, owed, load.origin);
        policy.reconfigure(scaled(limits, 3), load.origin);
        policy.waitNanos(Direction.READ, load.size(0), load.origin + later / 2);
        for (LimitKey key : LimitKey.ALL) {
            long tripled = scaled(limits, 3).rate(key);
            long expected = tripled > 0 ? Math.max(0, shorter(nanos, limits.rate(key), tripled) - later) : 0;
            assertEquals(expected, policy.debt(load.origin + later).nanos(key));
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
        ThrottlePolicy policy = policy(before, load.origin);
        SaturatedDrive drive = new SaturatedDrive(policy, load.origin);
        for (int i = 0; i < 20 && drive.now() - load.origin < Long.MAX_VALUE / 8; i++) {
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

    @Example
    void itHasANameForConfigurations() {
        assertTrue(factory().type().matches("[a-z][a-z0-9-]*"), factory().type());
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

    @Property(tries = 100)
    void removedLimitsHoldNothing(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin);
        policy.charge(Direction.WRITE, load.size(0), load.origin);
        policy.reconfigure(ThrottleLimits.NONE, load.origin);
        assertEquals(0, policy.waitNanos(Direction.WRITE, MAX_REQUEST, load.origin));
    }

    @Example
    void limitsThatItCannotKeepAreRefusedByName() {
        ThrottleLimits burst = ThrottleLimits.of(Map.of("iops", 10L, "iops_max", 20L));
        if (factory().faults(burst).isEmpty()) {
            factory().create(burst, ThrottleDebt.NONE, 0);
            return;
        }
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> factory().create(burst, ThrottleDebt.NONE, 0));
        assertTrue(String.valueOf(refusal.getMessage()).contains("iops_max"), refusal.getMessage());
        ThrottlePolicy policy = policy(ThrottleLimits.of(Map.of("iops", 10L)), 0);
        assertThrows(IllegalArgumentException.class, () -> policy.reconfigure(burst, 0));
    }

    @Provide
    Arbitrary<LimitKey> anyKey() {
        return Arbitraries.of(LimitKey.ALL);
    }

    @Provide
    Arbitrary<Load> anyLimit() {
        return load(anyKey().map(List::of));
    }

    @Provide
    Arbitrary<Load> anyTwoLimits() {
        return load(anyKey().list().ofSize(2).uniqueElements());
    }

    private static Arbitrary<Load> load(Arbitrary<List<LimitKey>> keys) {
        Arbitrary<Long> rates = Arbitraries.integers().between(0, 50).flatMap(power -> Arbitraries.longs()
                .between(1, Math.min(1L << power, ThrottleLimits.MAX_VALUE)));
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 25).flatMap(power -> Arbitraries.integers()
                .between(1, 1 << power));
        Arbitrary<Long> origins = Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.of(0L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND));
        return Combinators.combine(
                        keys, rates.list().ofSize(2), sizes.list().ofMinSize(1).ofMaxSize(5), origins)
                .as((chosen, values, sizeList, origin) -> {
                    Map<String, Long> limits = new LinkedHashMap<>();
                    for (int i = 0; i < chosen.size(); i++) {
                        limits.put(chosen.get(i).key(), values.get(i));
                    }
                    return new Load(limits, sizeList, origin);
                });
    }
}
