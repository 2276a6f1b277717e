package dev.weir.testkit.throttle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/**
 * The laws for a single policy. To test a policy, extend this class and implement {@link #factory} and {@link
 * #allowanceNanos}. A failed law prints the seed that repeats the failure.
 *
 * <p>Time is an argument. A simulated year therefore takes seconds and nothing sleeps.
 */
public abstract class ThrottlePolicyContract extends ChangeLaws {

    @Property(tries = 100)
    void askingOftenChangesNothing(@ForAll("anyTwoLimits") Load load, @ForAll long seed) {
        ThrottleLimits limits = load.throttleLimits();
        ThrottlePolicy asked = policy(limits, load.origin());
        SaturatedDrive often = new SaturatedDrive(asked, load.origin());
        SaturatedDrive once = new SaturatedDrive(policy(limits, load.origin()), load.origin());
        Random random = new Random(seed);
        for (int i = 0; i < 50 && once.now() - load.origin() < Long.MAX_VALUE / 4; i++) {
            long wait = asked.waitNanos(Direction.WRITE, load.size(i), often.now());
            for (int poll = 0; poll < 50 && wait > 1; poll++) {
                long early = Math.floorMod(random.nextLong(), wait);
                often.idle(early);
                wait -= early;
                assertEquals(wait, asked.waitNanos(Direction.WRITE, load.size(i), often.now()));
            }
            often.release(Direction.WRITE, load.size(i));
            once.release(Direction.WRITE, load.size(i));
            assertEquals(once.now() - load.origin(), often.now() - load.origin(), "request " + i);
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

    @Property(tries = 200)
    void aHeldRequestChargesNoLimit(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin());
        long now = load.origin();
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
    void aWithdrawnRequestChangesNothing(@ForAll("anyTwoLimits") Load load, @ForAll long seed) {
        ThrottlePolicy asked = policy(load.throttleLimits(), load.origin());
        ThrottlePolicy spared = policy(load.throttleLimits(), load.origin());
        Random random = new Random(seed);
        long now = load.origin();
        for (int i = 0; i < 60 && now - load.origin() < Long.MAX_VALUE / 8; i++) {
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

    @Property(tries = 200)
    void theWaitIsTheMaximumOfAllLimits(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy policy = policy(load.throttleLimits(), load.origin());
        for (int i = 0; i < 20; i++) {
            Direction direction = i % 3 == 0 ? Direction.READ : Direction.WRITE;
            long size = load.size(i);
            long longest = LimitKey.ALL.stream()
                    .mapToLong(key -> policy.waitNanos(key, direction, size, load.origin()))
                    .max()
                    .orElse(0);
            assertEquals(longest, policy.waitNanos(direction, size, load.origin()));
            if (longest == 0) {
                policy.charge(direction, size, load.origin());
            }
        }
    }

    @Property(tries = 200)
    void aCopyBehavesLikeItsOriginalIndependently(@ForAll("anyTwoLimits") Load load) {
        ThrottlePolicy original = policy(load.throttleLimits(), load.origin());
        SaturatedDrive drive = new SaturatedDrive(original, load.origin());
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

    @Property(tries = 20)
    void aLongRequestGoesThoughShortOnesPassIt(@ForAll @IntRange(min = 1, max = 100) int tenths) {
        ThrottlePolicy policy = policy(ThrottleLimits.of(Map.of("bps", 1_000_000L)), 0);
        long now = 0;
        for (int i = 0; policy.waitNanos(Direction.READ, 100_000L * tenths, now) > 0; i++) {
            // half of the rate is left for the long one
            assertTrue(i < 20 * tenths + 100, "the long request still waits after " + i + " short ones");
            if (policy.waitNanos(Direction.READ, 5_000, now) == 0) {
                policy.charge(Direction.READ, 5_000, now);
            }
            now += SECOND / 100;
        }
    }

    @Example
    void itHasANameForConfigurations() {
        assertTrue(factory().type().matches("[a-z][a-z0-9-]*"), factory().type());
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
}
