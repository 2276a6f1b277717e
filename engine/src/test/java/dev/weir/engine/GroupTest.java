package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drives that share limits, on the virtual clock. */
class GroupTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long MIB = 1 << 20;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    private List<Load> loads(int members, String policy, Map<String, Long> groupLimits, int small, int large) {
        fixture.configureGroup("tenant", policy, groupLimits);
        List<Load> loads = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            fixture.configure("vm" + i, "bucket", "tenant", Map.of());
            Operation operation = i % 2 == 0 ? Operation.READ : Operation.WRITE;
            loads.add(new Load(fixture, "vm" + i, operation, i % 3 == 0 ? large : small, 16));
        }
        return loads;
    }

    /** Jain's fairness index (1984): 1 if all shares are equal, 1/n if one drive has all. */
    private static double jain(double[] shares) {
        double sum = Arrays.stream(shares).sum();
        double squares = Arrays.stream(shares).map(share -> share * share).sum();
        return sum * sum / (shares.length * squares);
    }

    /**
     * Returns each load's share over ten seconds. The first second is left out because early starters have a lead in
     * it.
     */
    private double[] sharesOfTenSeconds(List<Load> loads) {
        fixture.clock.advance(SECOND);
        double[] before = loads.stream().mapToDouble(Load::bytes).toArray();
        fixture.clock.advance(10 * SECOND);
        double[] after = loads.stream().mapToDouble(Load::bytes).toArray();
        return IntStream.range(0, before.length)
                .mapToDouble(i -> after[i] - before[i])
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({"2,bucket", "3,bucket", "16,bucket", "64,bucket", "2,slice", "3,slice", "16,slice", "64,slice"})
    void equalDemandGetsEqualShares(int members, String policy) {
        List<Load> loads = loads(members, policy, Map.of("bps", 100 * MIB), 4096, 4096);
        double[] shares = sharesOfTenSeconds(loads);
        assertTrue(jain(shares) >= 0.999, "Jain's index is " + jain(shares));
        assertEquals(1_000 * MIB, Arrays.stream(shares).sum(), 11 * MIB);
    }

    @ParameterizedTest
    @CsvSource({"2,bucket", "5,bucket", "64,bucket", "2,slice", "5,slice", "64,slice"})
    void sharesAreEqualInBytesThoughRequestsAreOfDifferentSizes(int members, String policy) {
        List<Load> loads = loads(members, policy, Map.of("bps", 400 * MIB), 4096, 409_600);
        double[] shares = sharesOfTenSeconds(loads);
        assertTrue(jain(shares) >= 0.999, "Jain's index is " + jain(shares));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void ownLimitsAndTheGroupsHoldTogether(String policy) {
        fixture.configureGroup("tenant", policy, Map.of("iops", 1_000L));
        fixture.configure("slow", policy, "tenant", Map.of("iops", 100L));
        fixture.configure("fast", policy, "tenant", Map.of());
        Load slow = new Load(fixture, "slow", Operation.READ, 4096, 8);
        Load fast = new Load(fixture, "fast", Operation.READ, 4096, 8);
        fixture.clock.advance(10 * SECOND);
        assertEquals(1_000, slow.requests(), 25);
        assertEquals(9_000, fast.requests(), 225);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void aDriveThatLeavesStrandsNobody(String policy) {
        List<Load> loads = loads(3, policy, Map.of("iops", 10L), 512, 512);
        fixture.clock.advance(SECOND);
        for (int leaving = 0; leaving < 2; leaving++) {
            long before = loads.get(2).requests();
            fixture.configure("vm" + leaving, "bucket", null, Map.of("iops", 1L));
            fixture.clock.advance(4 * SECOND);
            assertTrue(loads.get(2).requests() - before >= 18, loads.get(2).requests() - before + " requests");
        }
        long before = loads.get(2).requests();
        fixture.clock.advance(10 * SECOND);
        assertEquals(100, loads.get(2).requests() - before, 2);
    }

    @Test
    void timerMovesWhenItsDriveLeaves() {
        List<Load> loads = loads(3, "bucket", Map.of("iops", 10L), 512, 512);
        fixture.clock.advance(SECOND);
        int armed = 0;
        while (!fixture.control("vm" + armed).snapshot().timer().armed()) {
            armed++;
        }
        fixture.configure("vm" + armed, "bucket", null, Map.of("iops", 1L));
        int other = (armed + 1) % 3;
        long before = loads.get(other).requests();
        fixture.clock.advance(4 * SECOND);
        assertEquals(20, loads.get(other).requests() - before, 1);
    }

    @Test
    void leavingDriveReleasesNoOther() {
        List<Load> loads = loads(2, "bucket", Map.of("iops", 1L), 512, 512);
        long before = loads.get(1).requests();
        fixture.configure("vm0", "bucket", null, Map.of("iops", 1L));
        assertEquals(before, loads.get(1).requests());
    }

    @Test
    void missingGroupHoldsItsDrives() {
        fixture.configure("vm1", "bucket", "tenant", Map.of());
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        fixture.clock.advance(SECOND);
        assertEquals(0, load.requests());
        assertEquals(State.HOLDING, fixture.control("vm1").snapshot().state());
        assertEquals(
                "group tenant: there is no such group",
                fixture.control("vm1").snapshot().reason());
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 10L));
        fixture.clock.advance(10 * SECOND);
        assertEquals(100, load.requests(), 3);
        fixture.engine.removeGroup("tenant");
        long before = load.requests();
        fixture.clock.advance(SECOND);
        assertEquals(before, load.requests());
    }

    @Test
    void ownLimitOfAMemberHoldsNoOther() {
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 100L));
        fixture.configure("vm0", "bucket", "tenant", Map.of("iops_rd", 1L));
        fixture.configure("vm1", "bucket", "tenant", Map.of());
        Load held = new Load(fixture, "vm0", Operation.READ, 512, 4);
        Load other = new Load(fixture, "vm1", Operation.WRITE, 512, 4);
        fixture.clock.advance(100 * SECOND);
        assertEquals(100, held.requests(), 3);
        assertEquals(9_900, other.requests(), 30);
    }

    @Test
    void idlingSavesNothingUp() {
        List<Load> loads = loads(2, "bucket", Map.of("iops", 100L), 512, 512);
        loads.get(0).stop();
        fixture.clock.advance(100 * SECOND);
        long before = loads.get(1).requests();
        Load back = new Load(fixture, "vm0", Operation.READ, 512, 16);
        fixture.clock.advance(10 * SECOND);
        assertEquals(500, back.requests(), 20);
        assertEquals(500, loads.get(1).requests() - before, 20);
    }

    @Test
    void groupShowsItsDebt() {
        loads(3, "bucket", Map.of("iops", 10L), 512, 512);
        // the first request went at once and costs a tenth of a second
        assertEquals(
                new GroupSnapshot(
                        new GroupSettings("tenant", "bucket", ThrottleLimits.of(Map.of("iops", 10L))),
                        "",
                        "bucket",
                        ThrottleLimits.of(Map.of("iops", 10L)),
                        null,
                        Share.DEFAULT,
                        ThrottleDebt.of(limit -> limit == LimitKey.IOPS ? SECOND / 5 : 0, limit -> 0),
                        3,
                        48,
                        2,
                        1024,
                        null),
                fixture.group("tenant").snapshot());
        fixture.engine.removePolicies(fixture.bucket);
        assertEquals(
                "policy bucket is missing", fixture.group("tenant").snapshot().reason());
        fixture.engine.removeGroup("tenant");
        assertThrows(NullPointerException.class, () -> fixture.group("tenant"));
    }

    @Test
    void groupLimitsChangeLiveAndAreRestored() {
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 1L));
        fixture.configure("vm1", "bucket", "tenant", Map.of());
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 4);
        fixture.clock.advance(SECOND);
        fixture.group("tenant").limits(ThrottleLimits.of(Map.of("iops", 1_000L)));
        assertEquals(1_000L, fixture.group("tenant").snapshot().limits().rate(LimitKey.IOPS));
        long before = load.requests();
        fixture.clock.advance(SECOND);
        assertEquals(1_000, load.requests() - before, 110);
        fixture.group("tenant").restore();
        before = load.requests();
        fixture.clock.advance(10 * SECOND);
        assertEquals(10, load.requests() - before, 1);
    }

    @Test
    void groupsRejectLimitsThatTheirPolicyCannotEnforce() {
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 1L));
        ThrottleLimits bursts = ThrottleLimits.of(Map.of("iops", 1L, "iops_max", 10L));
        fixture.group("tenant").policy("slice");
        assertEquals("slice", fixture.group("tenant").snapshot().policy());
        assertThrows(
                IllegalArgumentException.class, () -> fixture.group("tenant").limits(bursts));
        assertEquals(
                Map.of("iops", 1L), fixture.group("tenant").snapshot().limits().toMap());
    }

    @Test
    void aDrainLiftsDriveAndGroupLimits() {
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 1L));
        fixture.configure("vm1", "bucket", "tenant", Map.of("bps", 1L));
        fixture.configure("vm2", "bucket", "tenant", Map.of());
        List<TestRequest> held = IntStream.range(0, 5)
                .mapToObj(i -> fixture.submit("vm1", Operation.WRITE, 0, 512))
                .toList();
        TestRequest other = fixture.submit("vm2", Operation.WRITE, 0, 512);
        assertTrue(fixture.control("vm1").drain(SECOND).join());
        held.forEach(request -> assertTrue(request.isCompleted()));
        assertFalse(other.isCompleted(), "the group still holds its other drives");
        assertFalse(fixture.submit("vm1", Operation.WRITE, 0, 512).isCompleted(), "the limits hold again");
    }
}
