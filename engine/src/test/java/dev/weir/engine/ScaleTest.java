package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.Operation;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Limits that scale with the size of a drive, or of all drives of a group. */
class ScaleTest {
    private static final long GIB = 1L << 30;
    private static final long SECOND = EngineFixture.SECOND;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    ScaleTest() {
        fixture.engine.addBackends(new BareDevices(), 0);
    }

    private void configure(String name, @Nullable String group, long gib, Map<String, Long> limits) {
        fixture.engine.configure(DriveSettings.builder(name, "bare")
                .options(Map.of("size", gib * GIB))
                .group(group)
                .limits(ThrottleLimits.of(limits))
                .build());
    }

    private void group(String name, @Nullable String parent, Map<String, Long> limits) {
        fixture.engine.configure(new GroupSettings(name, "bucket", ThrottleLimits.of(limits), parent, Share.DEFAULT));
    }

    private void resize(String name, long gib) {
        fixture.control(name).resize(gib * GIB, true).toCompletableFuture().join();
    }

    private long iops(String drive) {
        return fixture.control(drive).snapshot().limits().rate(LimitKey.IOPS);
    }

    private long groupIops(String group) {
        return fixture.group(group).snapshot().limits().rate(LimitKey.IOPS);
    }

    /** Returns the requests of a saturating client that a second releases, after the first allowance. */
    private long released(String drive) {
        for (int i = 0; i < 3_000; i++) {
            fixture.submit(drive, Operation.READ, 0, 512);
        }
        fixture.clock.advance(SECOND);
        long before = fixture.control(drive).snapshot().counters().reads();
        fixture.clock.advance(SECOND);
        return fixture.control(drive).snapshot().counters().reads() - before;
    }

    @Test
    void driveIsHeldToTheRateOfItsSize() {
        configure("vm1", null, 10, Map.of("iops_per_gib", 10L, "iops_floor", 50L));
        assertEquals(100, iops("vm1"));
        assertEquals(100, released("vm1"));
        resize("vm1", 40);
        assertEquals(400, iops("vm1"));
        long before = fixture.control("vm1").snapshot().counters().reads();
        fixture.clock.advance(SECOND);
        assertEquals(400, fixture.control("vm1").snapshot().counters().reads() - before);
        resize("vm1", 1);
        assertEquals(50, iops("vm1"));
    }

    @Test
    void liveLimitsAndPoliciesScaleToo() {
        configure("vm1", null, 10, Map.of());
        fixture.control("vm1").limits(ThrottleLimits.of(Map.of("iops_per_gib", 7L)));
        assertEquals(70, iops("vm1"));
        fixture.control("vm1").policy("slice");
        assertEquals(70, iops("vm1"));
        resize("vm1", 20);
        assertEquals(140, iops("vm1"));
        assertEquals(
                Map.of("iops_per_gib", 7L),
                fixture.control("vm1").snapshot().limits().toMap());
        fixture.control("vm1").restore();
        assertEquals(0, iops("vm1"));
    }

    @Test
    void groupScalesWithTheSizesOfAllDrivesBelow() {
        Map<String, Long> scaled = Map.of("iops", 1_000L, "iops_per_gib", 10L);
        group("host", null, scaled);
        group("a", "host", scaled);
        configure("vm1", "a", 5, Map.of());
        configure("vm2", "host", 7, Map.of());
        assertEquals(50, groupIops("a"));
        assertEquals(120, groupIops("host"));
        resize("vm1", 15);
        assertEquals(150, groupIops("a"));
        assertEquals(220, groupIops("host"));
        resize("vm2", 2_000);
        assertEquals(1_000, groupIops("host"));
    }

    @Test
    void movesAndRemovalsTakeTheSizesAlong() {
        Map<String, Long> scaled = Map.of("iops_per_gib", 10L);
        group("a", null, scaled);
        group("b", null, scaled);
        configure("vm1", "a", 5, Map.of());
        configure("vm2", "a", 7, Map.of());
        configure("vm1", "b", 5, Map.of());
        assertEquals(70, groupIops("a"));
        assertEquals(50, groupIops("b"));
        group("b", "a", scaled);
        assertEquals(120, groupIops("a"));
        fixture.engine.removeDrive("vm2");
        assertEquals(50, groupIops("a"));
        group("b", null, scaled);
        assertEquals(1, groupIops("a"));
    }
}
