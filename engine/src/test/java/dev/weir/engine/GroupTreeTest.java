package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that come, go and move in the tree of limits. */
class GroupTreeTest {
    private static final long SECOND = EngineFixture.SECOND;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    private void group(String name, @Nullable String parent, Map<String, Long> limits) {
        fixture.configureGroup(name, "bucket", parent, limits, Share.DEFAULT);
    }

    private Load drive(String name, String group) {
        fixture.configure(name, "bucket", group, Map.of());
        return new Load(fixture, name, Operation.READ, 512, 8);
    }

    private long requestsInTenSeconds(Load load) {
        long before = load.requests();
        fixture.clock.advance(10 * SECOND);
        return load.requests() - before;
    }

    private String reason(String drive) {
        return fixture.control(drive).snapshot().reason();
    }

    private void change(String group, Map<String, Long> limits, @Nullable String parent, Share share) {
        fixture.group(group).change(ThrottleLimits.of(limits), parent, share);
    }

    @Test
    void missingParentHoldsTheDrivesBelow() {
        group("tenant", "host", Map.of("iops", 100L));
        Load load = drive("vm1", "tenant");
        fixture.clock.advance(SECOND);
        assertEquals(0, load.requests());
        assertEquals("group host: there is no such group", reason("vm1"));
        assertEquals(
                "group host: there is no such group",
                fixture.group("tenant").snapshot().reason());
        group("host", null, Map.of("iops", 50L));
        fixture.clock.advance(SECOND);
        assertEquals(500, requestsInTenSeconds(load), 1);
        fixture.engine.removeGroup("host");
        assertEquals(0, requestsInTenSeconds(load));
        assertEquals(State.HOLDING, fixture.control("vm1").snapshot().state());
    }

    @Test
    void cycleHoldsUntilItIsBroken() {
        group("a", "b", Map.of("iops", 100L));
        group("b", "a", Map.of());
        Load load = drive("vm1", "a");
        assertEquals(0, load.requests());
        group("b", null, Map.of());
        fixture.clock.advance(SECOND);
        assertEquals(1_000, requestsInTenSeconds(load), 1);
    }

    @Test
    void groupMovesLiveWithAllBelowIt() {
        group("slow", null, Map.of("iops", 10L));
        group("fast", null, Map.of("iops", 100L));
        group("tenant", "slow", Map.of());
        group("team", "tenant", Map.of());
        Load load = drive("vm1", "team");
        fixture.clock.advance(SECOND);
        assertEquals(100, requestsInTenSeconds(load), 1);
        change("tenant", Map.of(), "fast", Share.DEFAULT);
        fixture.clock.advance(SECOND);
        assertEquals(1_000, requestsInTenSeconds(load), 1);
        assertEquals("fast", fixture.group("tenant").snapshot().parent());
        assertEquals("fast: iops", fixture.control("vm1").snapshot().heldBy());
        change("tenant", Map.of("iops", 50L), null, Share.DEFAULT);
        fixture.clock.advance(SECOND);
        assertEquals(500, requestsInTenSeconds(load), 1);
        assertEquals("tenant: iops", fixture.control("vm1").snapshot().heldBy());
        fixture.group("tenant").restore();
        fixture.clock.advance(SECOND);
        assertEquals(100, requestsInTenSeconds(load), 1);
        assertEquals("slow: iops", fixture.control("vm1").snapshot().heldBy());
    }

    @Test
    void otherSettingsKeepTheLiveParentAndShare() {
        group("slow", null, Map.of("iops", 10L));
        group("fast", null, Map.of("iops", 100L));
        group("tenant", "slow", Map.of());
        Share share = new Share(5, 0, 50);
        change("tenant", Map.of(), "fast", share);
        group("tenant", "slow", Map.of("bps", 1_000L));
        assertEquals("fast", fixture.group("tenant").snapshot().parent());
        assertEquals(share, fixture.group("tenant").snapshot().share());
        group("tenant", null, Map.of("bps", 1_000L));
        assertNull(fixture.group("tenant").snapshot().parent());
    }

    @Test
    void changesThatBreakTheTreeChangeNothing() {
        group("host", null, Map.of("iops", 100L));
        group("tenant", "host", Map.of());
        fixture.configure("vm1", "bucket", "tenant", Map.of("iops", 60L), new Share(1, 0, 60));
        assertThrows(
                IllegalArgumentException.class, () -> change("host", Map.of("iops", 100L), "tenant", Share.DEFAULT));
        assertThrows(IllegalArgumentException.class, () -> change("host", Map.of("iops", 50L), null, Share.DEFAULT));
        assertThrows(IllegalArgumentException.class, () -> change("tenant", Map.of(), "host", new Share(1, 0, 101)));
        assertThrows(IllegalArgumentException.class, () -> change("tenant", Map.of(), "nowhere", Share.DEFAULT));
        assertThrows(IllegalArgumentException.class, () -> fixture.control("vm1")
                .limits(ThrottleLimits.of(Map.of("iops", 59L))));
        assertEquals("host", fixture.group("tenant").snapshot().parent());
        assertEquals(
                Map.of("iops", 100L), fixture.group("host").snapshot().limits().toMap());
        change("host", Map.of("iops", 60L), null, Share.DEFAULT);
    }

    @Test
    void snapshotCountsDrivesAndRequestsOfAllLevels() {
        group("host", null, Map.of("iops", 10L));
        group("tenant", "host", Map.of());
        drive("vm1", "tenant");
        drive("vm2", "host");
        assertEquals(2, fixture.group("host").snapshot().waitingDrives());
        assertEquals(16, fixture.group("host").snapshot().queued());
        assertEquals(8, fixture.group("tenant").snapshot().queued());
        fixture.clock.advance(10 * SECOND);
        long all = fixture.group("host").snapshot().requests();
        assertEquals(102, all, 1);
        assertEquals(all * 512, fixture.group("host").snapshot().bytes());
        fixture.engine.removeDrive("vm1");
        assertEquals(1, fixture.group("host").snapshot().waitingDrives());
        assertEquals(0, fixture.group("tenant").snapshot().queued());
    }

    @Test
    void weightOfADriveChangesLive() {
        group("host", null, Map.of("iops", 400L));
        Load one = drive("vm1", "host");
        Load two = drive("vm2", "host");
        fixture.clock.advance(SECOND);
        fixture.control("vm1").change(ThrottleLimits.NONE, new Share(3, 0, 0));
        long before = two.requests();
        assertEquals(3_000, requestsInTenSeconds(one), 4);
        assertEquals(1_000, two.requests() - before, 4);
        assertEquals(3, fixture.control("vm1").snapshot().share().weight());
    }

    @Test
    void minimumOfADriveAppliesLiveUntilRestored() {
        group("host", null, Map.of("iops", 400L));
        Load one = drive("vm1", "host");
        drive("vm2", "host");
        fixture.clock.advance(SECOND);
        fixture.control("vm1").change(ThrottleLimits.NONE, new Share(1, 0, 300));
        fixture.clock.advance(SECOND);
        assertEquals(3_000, requestsInTenSeconds(one), 4);
        fixture.control("vm1").restore();
        fixture.clock.advance(SECOND);
        assertEquals(2_000, requestsInTenSeconds(one), 4);
        assertEquals(Share.DEFAULT, fixture.control("vm1").snapshot().share());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void removedDriveTakesItsMinimumAlong(boolean drains) {
        group("host", null, Map.of("iops", 1_000L));
        group("tenant", "host", Map.of());
        fixture.engine.configure(DriveSettings.builder("sure", "test")
                .group("tenant")
                .share(new Share(1, 0, 400))
                .filters(List.of(new FilterSettings("missing", Map.of())))
                .build());
        Load other = drive("other", "tenant");
        fixture.configure("neighbour", "bucket", "host", Map.of(), new Share(9, 0, 0));
        new Load(fixture, "neighbour", Operation.READ, 512, 8);
        TestRequest held = fixture.submit("sure", Operation.READ, 0, 512);
        CompletableFuture<Boolean> drained =
                drains ? fixture.control("sure").drain(10 * SECOND) : CompletableFuture.completedFuture(true);
        fixture.engine.removeDrive("sure");
        assertEquals(BlockError.ESHUTDOWN, held.error());
        fixture.clock.advance(SECOND);
        assertTrue(drained.join());
        assertEquals(1_000, requestsInTenSeconds(other), 4);
    }

    @Test
    void minimumWithoutCoverIsRefusedWithTheRule() {
        group("host", null, Map.of("iops", 400L));
        drive("vm1", "host");
        drive("vm2", "host");
        fixture.control("vm2").change(ThrottleLimits.NONE, new Share(1, 0, 300));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> fixture.control("vm1")
                .change(ThrottleLimits.NONE, new Share(1, 0, 101)));
        assertEquals(
                "group host: limits.iops = 400: must cover the minima of its members, which are 401", e.getMessage());
        assertEquals(Share.DEFAULT, fixture.control("vm1").snapshot().share());
    }

    @Test
    void liveShareOutlivesOtherNewSettings() {
        group("host", null, Map.of("iops", 400L));
        drive("vm1", "host");
        fixture.control("vm1").change(ThrottleLimits.NONE, new Share(3, 0, 0));
        fixture.configure("vm1", "bucket", "host", Map.of("bps", 1_000L), Share.DEFAULT);
        assertEquals(3, fixture.control("vm1").snapshot().share().weight());
        fixture.configure("vm1", "bucket", "host", Map.of("bps", 1_000L), new Share(2, 0, 0));
        assertEquals(2, fixture.control("vm1").snapshot().share().weight());
    }

    /**
     * Long requests of a neighbour fill the host for a second each. A tenant's drive with a minimum goes first whenever
     * the host is free. The long request of the other drive must still get a turn, in the same moment.
     */
    @ParameterizedTest
    @ValueSource(strings = {"bucket", "slice"})
    void longRequestGoesBesideAMinimumAndALongNeighbour(String policy) {
        fixture.configureGroup("host", policy, Map.of("bps", 1_000_000L));
        fixture.configureGroup("tenant", policy, "host", Map.of("bps", 400_000L), Share.DEFAULT);
        fixture.configure("neighbour", policy, "host", Map.of());
        fixture.configure("reserved", policy, "tenant", Map.of(), new Share(1, 0, 10));
        fixture.configure("long", policy, "tenant", Map.of());
        new Load(fixture, "neighbour", Operation.READ, 1_000_000, 4);
        new Load(fixture, "reserved", Operation.READ, 512, 4);
        Load load = new Load(fixture, "long", Operation.READ, 64_000, 1);
        fixture.clock.advance(100 * SECOND);
        assertTrue(load.requests() > 30, load.requests() + " requests in 100 s");
    }
}
