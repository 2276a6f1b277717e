package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies with invalid answers. Their drives hold and report the reason. Other drives are not affected. */
class OddPolicyTest {

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    /** A policy that gives the same kind of answer to every query. */
    private record Odd(LongSupplier answer, Supplier<@Nullable ThrottleDebt> debt, @Nullable String kind)
            implements ThrottlePolicyFactory, ThrottlePolicy {
        Odd(LongSupplier answer, Supplier<@Nullable ThrottleDebt> debt) {
            this(answer, debt, "odd");
        }

        @Override
        @SuppressWarnings("NullAway")
        public String type() {
            return kind;
        }

        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            return this;
        }

        @Override
        public long waitNanos(Direction direction, long bytes, long now) {
            return answer.getAsLong();
        }

        @Override
        public long waitNanos(LimitKey limit, Direction direction, long bytes, long now) {
            return limit == LimitKey.IOPS ? answer.getAsLong() : 0;
        }

        @Override
        public void charge(Direction direction, long bytes, long now) {}

        @Override
        public void reconfigure(ThrottleLimits limits, long now) {}

        @Override
        @SuppressWarnings("NullAway")
        public ThrottleDebt debt(long now) {
            return debt.get();
        }
    }

    static Stream<Arguments> waits() {
        return Stream.of(
                Arguments.of(Named.of("1, 1, 1…", (LongSupplier) () -> 1), "contradict"),
                Arguments.of(Named.of("a negative wait", (LongSupplier) () -> -5), "a negative wait of -5 ns"));
    }

    @ParameterizedTest
    @MethodSource("waits")
    void waitsThatMakeNoSenseHoldTheDrive(LongSupplier wait, String reason) {
        fixture.engine.addPolicies(new Odd(wait, () -> ThrottleDebt.NONE), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.clock.advance(EngineFixture.SECOND);
        assertHolds(reason);
        assertTrue(fixture.control("vm1").snapshot().reason().contains(Odd.class.getName()));
    }

    @Test
    void alternatingAnswersKeepNoThreadBusy() {
        long[] asked = {0};
        fixture.engine.addPolicies(new Odd(() -> asked[0]++ % 2 == 0 ? 1 : 0, () -> ThrottleDebt.NONE), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        TestRequest request = fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.clock.advance(EngineFixture.SECOND);
        assertTrue(request.isCompleted());
        assertTrue(asked[0] < 10, asked[0] + " queries");
    }

    @Test
    void aNullDebtHoldsItsDrive() {
        fixture.engine.addPolicies(new Odd(() -> 0, () -> null), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        fixture.configure("vm2", "bucket", null, Map.of("iops", 1L));
        fixture.control("vm1").snapshot();
        assertHolds("no debt");
        assertEquals(State.SERVING, fixture.control("vm2").snapshot().state());
    }

    /** A loop that ignores interrupts. Java cannot end its thread. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPolicyThatNeverAnswersHoldsItsDrivesOnly() {
        AtomicBoolean goesOn = new AtomicBoolean(true);
        LongSupplier never = () -> {
            while (goesOn.get()) {
                Thread.onSpinWait();
            }
            return 0;
        };
        fixture.engine.addPolicies(new Odd(never, () -> ThrottleDebt.NONE), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        fixture.configure("vm2", "odd", null, Map.of("iops", 1L));
        fixture.configure("vm3", "bucket", null, Map.of("iops", 1L));

        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm2", Operation.READ, 0, 512);

        assertHolds("it has not answered within 1000 ms");
        assertHolds("vm2", "an earlier call has not returned");
        assertTrue(fixture.submit("vm3", Operation.READ, 0, 512).isCompleted());
        fixture.control("vm1").policy("bucket");
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        fixture.engine.close();
        goesOn.set(false);
    }

    @Test
    void aFactoryWithoutATypeIsRefused() {
        ThrottlePolicyFactory odd = new Odd(() -> 0, () -> ThrottleDebt.NONE, null);
        assertThrows(NullPointerException.class, () -> fixture.engine.addPolicies(odd, 0));
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
    }

    /** A factory of policies that fails to check limits or to create a policy. */
    private record OddFactory(Supplier<@Nullable List<LimitFault>> rules, Supplier<@Nullable ThrottlePolicy> policies)
            implements ThrottlePolicyFactory {
        @Override
        public String type() {
            return "odd";
        }

        @Override
        @SuppressWarnings("NullAway")
        public List<LimitFault> faults(ThrottleLimits limits) {
            return rules.get();
        }

        @Override
        @SuppressWarnings("NullAway")
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            return policies.get();
        }
    }

    static Stream<Arguments> rules() {
        Supplier<@Nullable List<LimitFault>> throwing = () -> {
            throw new IllegalStateException("a test that throws");
        };
        Supplier<@Nullable List<LimitFault>> none = () -> null;
        return Stream.of(Arguments.of(Named.of("throws", throwing)), Arguments.of(Named.of("null", none)));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void failingRulesDoNotKeepNewSettingsAway(Supplier<@Nullable List<LimitFault>> rules) {
        ThrottlePolicy any = new Odd(() -> 0, () -> ThrottleDebt.NONE);
        fixture.engine.addPolicies(new OddFactory(rules, () -> any), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        fixture.configure("vm1", "odd", null, Map.of("iops", 2L));
        assertEquals(2, fixture.control("vm1").snapshot().limits().rate(LimitKey.IOPS));
    }

    @Test
    void aFactoryThatCreatesNoPolicyHoldsItsDrives() {
        fixture.engine.addPolicies(new OddFactory(List::of, () -> null), 0);
        fixture.configure("vm1", "odd", null, Map.of("iops", 1L));
        assertHolds("policy odd failed");
        assertHolds("its factory made none");
        assertHolds(OddFactory.class.getName());
    }

    private void assertHolds(String reason) {
        assertHolds("vm1", reason);
    }

    private void assertHolds(String drive, String reason) {
        DriveSnapshot snapshot = fixture.control(drive).snapshot();
        assertEquals(State.HOLDING, snapshot.state());
        assertTrue(snapshot.reason().contains(reason), snapshot.reason());
    }
}
