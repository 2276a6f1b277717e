package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.statistics.Statistics;
import dev.weir.engine.storage.BackendDevice;
import dev.weir.engine.storage.Storage;
import dev.weir.engine.throttle.GroupNode;
import dev.weir.engine.throttle.RequestSink;
import dev.weir.engine.throttle.Throttle;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Constructed races between a domain's lock and the work outside of it. */
class MoveTest {
    private final ManualClock clock = new ManualClock(0);
    private final List<Long> reached = new ArrayList<>();
    private Runnable whileReaching = () -> {};

    private final ScriptedBackends backends = Observed.backends((drive, size, offset) -> {
        Runnable once = whileReaching;
        whileReaching = () -> {};
        once.run();
        reached.add(offset);
    });

    private Throttle throttle(Map<String, Long> limits) {
        PolicySlot own = new PolicySlot("vm1", "bucket", ThrottleLimits.of(limits), new BucketPolicyFactory(), 0);
        return new Throttle(own, clock);
    }

    private Storage open(Throttle throttle) throws IOException {
        BackendDevice device = new BackendDevice("vm1", backends.open("vm1", Map.of(), false), clock);
        Storage storage = new Storage("vm1", device, new Statistics(), clock);
        storage.resume();
        throttle.open(storage);
        return storage;
    }

    private static TestRequest read(long offset) {
        return new TestRequest("guest", Operation.READ, offset, 512, request -> {});
    }

    @Test
    void admissionUsesTheDomainMovedToWhileWaiting() throws IOException {
        Throttle throttle = throttle(Map.of());
        Storage storage = open(throttle);
        GroupNode closed = new GroupNode("g", new PolicySlot("g", "there is no such group", 0), clock);
        CompletableFuture<Throttle.Admission> admission = new CompletableFuture<>();
        Thread client = new Thread(() -> admission.complete(throttle.admit(Direction.READ, read(1), 512, storage)));
        throttle.locked(at -> {
            client.start();
            while (client.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            throttle.moveTo(closed, () -> {});
            return at;
        });
        assertEquals(Throttle.Admission.QUEUED, admission.join());
        assertEquals(List.of(), reached);
    }

    @Test
    void movedQueueDoesNotOvertake() throws IOException {
        Throttle throttle = throttle(Map.of("iops", 1L));
        Storage storage = open(throttle);
        GroupNode other = new GroupNode(
                "other", new PolicySlot("other", "bucket", ThrottleLimits.NONE, new BucketPolicyFactory(), 0), clock);
        PolicySlot own = throttle.queue().own;
        for (long offset = 0; offset < 4; offset++) {
            submit(throttle, storage, offset);
        }
        assertEquals(List.of(0L), reached);
        whileReaching = () -> throttle.moveTo(other, () -> own.reconfigure("bucket", null, ThrottleLimits.NONE, 0));
        clock.advance(2_000_000_000L);
        assertEquals(List.of(0L, 1L, 2L, 3L), reached);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000})
    void aMoveLetsNoLaterRequestOvertakeAnEarlierOne(long iopsAfter) throws IOException {
        Throttle throttle = throttle(Map.of("iops", 1L));
        Storage storage = open(throttle);
        GroupNode other = new GroupNode(
                "other", new PolicySlot("other", "bucket", ThrottleLimits.NONE, new BucketPolicyFactory(), 0), clock);
        PolicySlot own = throttle.queue().own;
        ThrottleLimits after = ThrottleLimits.of(iopsAfter == 0 ? Map.of() : Map.of("iops", iopsAfter));
        submit(throttle, storage, 0);
        submit(throttle, storage, 1);
        whileReaching = () -> {
            throttle.moveTo(other, () -> own.reconfigure("bucket", new BucketPolicyFactory(), after, clock.nanoTime()));
            clock.advance(10_000_000_000L);
            submit(throttle, storage, 2);
        };
        clock.advance(1_000_000_000L);
        assertEquals(List.of(0L, 1L, 2L), reached);
    }

    private static void submit(Throttle throttle, Storage storage, long offset) {
        submit(throttle, storage, read(offset));
    }

    private static void submit(Throttle throttle, Storage storage, TestRequest request) {
        if (throttle.admit(Direction.READ, request, request.length(), storage) == Throttle.Admission.GO) {
            storage.execute(request);
        }
    }

    private static TestRequest read(long offset, long length) {
        return new TestRequest("guest", Operation.READ, offset, length, request -> {});
    }

    /** A slice holds a long request longer than a short one. */
    @ParameterizedTest
    @ValueSource(strings = {"move", "cancel", "close"})
    void leavingRequestMakesWayAtOnce(String how) throws IOException {
        PolicySlot slices =
                new PolicySlot("g", "slice", ThrottleLimits.of(Map.of("bps", 1_000L)), new SlicePolicyFactory(), 0);
        GroupNode group = new GroupNode("g", slices, clock);
        Throttle leaving = throttle(Map.of());
        Throttle staying = throttle(Map.of());
        Storage ofLeaving = open(leaving);
        Storage ofStaying = open(staying);
        leaving.moveTo(group, () -> {});
        staying.moveTo(group, () -> {});
        submit(leaving, ofLeaving, read(0, 100_000));
        submit(staying, ofStaying, read(1, 100));
        assertEquals(List.of(), reached);
        switch (how) {
            case "move" -> leaving.moveTo(null, () -> {});
            case "cancel" -> leaving.withdraw(all -> true);
            default -> leaving.close();
        }
        clock.advance(EngineFixture.SECOND);
        assertTrue(reached.contains(1L), reached::toString);
    }

    @Test
    void errorOfOneReleaseStopsNoLaterOne() {
        Throttle throttle = throttle(Map.of("iops", 1L));
        RequestSink failing = request -> {
            reached.add(request.offset());
            if (request.offset() == 1) {
                throw new StackOverflowError("for the test");
            }
        };
        throttle.open(failing);
        for (long offset = 0; offset < 4; offset++) {
            TestRequest request = read(offset);
            if (throttle.admit(Direction.READ, request, 512, failing) == Throttle.Admission.GO) {
                failing.execute(request);
            }
        }
        assertThrows(StackOverflowError.class, () -> clock.advance(EngineFixture.SECOND));
        throttle.release();
        clock.advance(2 * EngineFixture.SECOND);
        assertEquals(List.of(0L, 1L, 2L, 3L), reached);
    }

    @Test
    void closedDriveReachesNoSuccessor() {
        EngineFixture fixture = new EngineFixture(1);
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        Drive before = fixture.drive("vm1");
        Map<String, Object> otherImage = Map.of("path", "other.img");
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .options(otherImage)
                .limits(ThrottleLimits.of(Map.of("iops", 1L)))
                .build());
        for (int i = 0; i < 3; i++) {
            fixture.submit("vm1", Operation.READ, i, 512);
        }
        TestRequest late = read(77);
        late.submitTo(before);
        assertEquals(BlockError.ESHUTDOWN, late.error());
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertFalse(fixture.script.log.contains("read 77"));
    }

    @Test
    void settingsChangeAtomically() {
        EngineFixture fixture = new EngineFixture(1);
        fixture.configureGroup("tenant", "bucket", Map.of("iops", 1L));
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 16);
        long before = load.requests();
        fixture.configure("vm1", "bucket", "tenant", Map.of());
        assertTrue(load.requests() - before <= 2, load.requests() - before + " went without any limit");
    }

    @Test
    void raisedLimitSetsTheTimerEarlier() {
        EngineFixture fixture = new EngineFixture(1);
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        fixture.submit("vm1", Operation.READ, 0, 512);
        TestRequest second = fixture.submit("vm1", Operation.READ, 1, 512);
        fixture.control("vm1").limits(ThrottleLimits.of(Map.of("iops", 5L)));
        assertFalse(second.isCompleted());
        fixture.clock.advance(EngineFixture.SECOND / 5);
        assertTrue(second.isCompleted());
    }

    @Test
    void limitChangeResetsFairShares() {
        EngineFixture fixture = new EngineFixture(1);
        fixture.configure("vm1", "bucket", null, Map.of("bps", 1L));
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm1", Operation.READ, 0, 5_000);
        fixture.clock.advance(600 * EngineFixture.SECOND);
        fixture.configure("vm1", "bucket", null, Map.of("bps", 1L << 20));
        fixture.clock.advance(10_000 * EngineFixture.SECOND);
        Load writes = new Load(fixture, "vm1", Operation.WRITE, 4096, 8);
        Load reads = new Load(fixture, "vm1", Operation.READ, 4096, 8);
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertEquals(writes.requests(), reads.requests(), 64);
    }

    @Test
    void throwingCompletionAffectsNoOther() {
        EngineFixture fixture = new EngineFixture(1);
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        List<TestRequest> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(fixture.submit("vm1", "guest", Operation.READ, i, 512, request -> {
                throw new IllegalStateException("for the test");
            }));
        }
        fixture.engine.removeDrive("vm1");
        waiting.forEach(request -> assertTrue(request.isCompleted()));
    }
}
