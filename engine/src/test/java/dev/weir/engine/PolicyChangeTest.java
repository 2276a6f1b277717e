package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A drive whose policy is replaced, fails or cannot enforce the limits. */
class PolicyChangeTest {
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    @Test
    void unsuitablePolicyChangesNothing() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L, "iops_max", 2L));
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> fixture.control("vm1").policy("slice"));
        assertEquals("iops_max = 2: policy slice has no bursts", refusal.getMessage());
        assertEquals("bucket", fixture.control("vm1").snapshot().policy());
    }

    @Test
    void higherRankedPolicyTakesOver() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        fixture.engine.addPolicies(new BucketPolicyFactory(), 1);
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        fixture.engine.removePolicies(fixture.bucket);
        fixture.clock.advance(100 * EngineFixture.SECOND);
        assertEquals(100, load.requests(), 2);
    }

    @Test
    void throwingPolicyHoldsTheDrive() {
        ThrottlePolicyFactory broken = new BrokenPolicies();
        fixture.engine.addPolicies(broken, 0);
        fixture.configure("vm1", "broken", null, Map.of("iops", 10L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 1);
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(0, load.requests());
        assertEquals(State.HOLDING, fixture.control("vm1").snapshot().state());
        assertEquals(
                "policy broken failed: java.lang.ArithmeticException: for?the test (" + BrokenPolicies.class.getName()
                        + ")",
                fixture.control("vm1").snapshot().reason());
        fixture.control("vm1").policy("bucket");
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(11, load.requests(), 1);
    }

    @Test
    void debtSurvivesAFailingPolicy() {
        BrokenPolicies broken = new BrokenPolicies();
        broken.works = true;
        fixture.engine.addPolicies(broken, 0);
        fixture.configure("vm1", "broken", null, Map.of("bps", 1L << 20, "iops", 1000L));
        fixture.clock.advance(EngineFixture.SECOND);
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm1", Operation.WRITE, 0, 4 << 20);
        broken.works = false;
        fixture.clock.advance(EngineFixture.SECOND);
        TestRequest waiting = fixture.submit("vm1", Operation.READ, 0, 512);
        assertEquals(State.HOLDING, fixture.control("vm1").snapshot().state());
        assertEquals(1, fixture.control("vm1").snapshot().counters().writes());
        long owed = fixture.control("vm1").snapshot().debt().nanos(LimitKey.BPS);
        assertEquals(((4 << 20) + 512) * EngineFixture.SECOND / (1 << 20) + 1 - EngineFixture.SECOND, owed);
        fixture.control("vm1").policy("bucket");
        fixture.clock.advance(owed - EngineFixture.SECOND / 10 - 1);
        assertFalse(waiting.isCompleted());
        fixture.clock.advance(1);
        assertTrue(waiting.isCompleted());
    }

    @Test
    void unsuitableConfiguredPolicyHolds() {
        fixture.configure("vm1", "slice", null, Map.of("iops", 1L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        long before = load.requests();
        fixture.configure("vm1", "slice", null, Map.of("iops", 1000L, "iops_max", 2000L));
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertEquals(before, load.requests());
        assertEquals(
                "policy slice refuses the limits: iops_max = 2000: policy slice has no bursts",
                fixture.control("vm1").snapshot().reason());
        fixture.configure("vm1", "slice", null, Map.of("iops", 1000L));
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(1000, load.requests() - before, 101);
    }

    /** Bucket policies that fail at every query on demand. */
    private static final class BrokenPolicies implements ThrottlePolicyFactory {
        private boolean works;

        @Override
        public String type() {
            return "broken";
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            ThrottlePolicy bucket = new BucketPolicyFactory().create(limits, owed, now);
            return new ThrottlePolicy() {
                @Override
                public long waitNanos(LimitKey limit, Direction direction, long bytes, long at) {
                    return bucketIfItWorks().waitNanos(limit, direction, bytes, at);
                }

                @Override
                public void charge(Direction direction, long bytes, long at) {
                    bucketIfItWorks().charge(direction, bytes, at);
                }

                @Override
                public void reconfigure(ThrottleLimits newLimits, long at) {
                    bucketIfItWorks().reconfigure(newLimits, at);
                }

                @Override
                public ThrottleDebt debt(long at) {
                    return bucketIfItWorks().debt(at);
                }

                private ThrottlePolicy bucketIfItWorks() {
                    if (!works) {
                        throw new ArithmeticException("for\nthe test");
                    }
                    return bucket;
                }
            };
        }
    }
}
