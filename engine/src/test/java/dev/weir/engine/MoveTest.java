package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
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
import dev.weir.throttle.LimitKey;
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

    private RequestSink open(Throttle throttle) throws IOException {
        BackendDevice device = new BackendDevice("vm1", backends.open("vm1", Map.of(), false), clock);
        Storage storage = new Storage("vm1", device, new Statistics(), clock);
        storage.serve(this);
        storage.resume();
        RequestSink sink = request -> storage.execute(request, this);
        throttle.open(sink);
        return sink;
    }

    private static TestRequest read(long offset) {
        return new TestRequest("guest", Operation.READ, offset, 512, request -> {});
    }

    @Test
    void admissionUsesTheDomainMovedToWhileWaiting() throws IOException {
        Throttle throttle = throttle(Map.of());
        RequestSink sink = open(throttle);
        GroupNode closed = new GroupNode("g", new PolicySlot("g", "there is no such group", 0), clock);
        CompletableFuture<Throttle.Admission> admission = new CompletableFuture<>();
        Thread client = new Thread(() -> admission.complete(throttle.admit(Direction.READ, read(1), 512, sink)));
        throttle.locked(at -> {
            startUntilBlocked(client);
            throttle.moveTo(closed, () -> {});
            return at;
        });
        assertEquals(Throttle.Admission.QUEUED, admission.join());
        assertEquals(List.of(), reached);
    }

    /** A slice holds the long request in the queue and would let the short one go. */
    @Test
    void admissionThatWaitedForAMoveOvertakesNothing() throws IOException {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("bps", 1_000L));
        Throttle throttle = new Throttle(new PolicySlot("vm1", "slice", limits, new SlicePolicyFactory(), 0), clock);
        RequestSink sink = open(throttle);
        GroupNode group = groupOfOneRequestPerSecond("g");
        submit(throttle, sink, read(0, 100_000));
        CompletableFuture<Throttle.Admission> admission = new CompletableFuture<>();
        Thread client = new Thread(() -> admission.complete(throttle.admit(Direction.READ, read(1, 100), 100, sink)));
        throttle.locked(at -> {
            startUntilBlocked(client);
            throttle.moveTo(group, () -> {});
            return at;
        });
        assertEquals(Throttle.Admission.QUEUED, admission.join());
        assertEquals(2, throttle.queue().queued());
    }

    /** Starts a thread and waits until it waits for a lock or has ended. */
    private static void startUntilBlocked(Thread thread) {
        thread.start();
        while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void cancelTakesNothingWithoutTheLock() throws Exception {
        Throttle throttle = throttle(Map.of("iops", 1L));
        RequestSink sink = open(throttle);
        submit(throttle, sink, 0);
        submit(throttle, sink, 1);
        Thread client = new Thread(() -> throttle.withdraw(all -> true));
        throttle.locked(at -> {
            startUntilBlocked(client);
            assertEquals(1, throttle.queue().queued());
            return at;
        });
        client.join();
        assertEquals(0, throttle.queue().queued());
    }

    @Test
    void moveWaitsForTheLockOfTheOldTree() throws Exception {
        Throttle throttle = throttle(Map.of());
        GroupNode group = new GroupNode("g", new PolicySlot("g", "there is no such group", 0), clock);
        Thread mover = new Thread(() -> throttle.moveTo(group, () -> {}));
        throttle.locked(at -> {
            startUntilBlocked(mover);
            assertNull(throttle.queue().parent());
            return at;
        });
        mover.join();
        assertSame(group, throttle.queue().parent());
    }

    @Test
    void moveDuringAHandOverChargesTheOldGroupOnce() throws IOException {
        Throttle throttle = throttle(Map.of());
        RequestSink sink = open(throttle);
        GroupNode from = groupOfOneRequestPerSecond("from");
        GroupNode to = groupOfOneRequestPerSecond("to");
        throttle.moveTo(from, () -> {});
        submit(throttle, sink, 0);
        submit(throttle, sink, 1);
        whileReaching = () -> throttle.moveTo(to, () -> {});
        clock.advance(EngineFixture.SECOND);
        assertEquals(List.of(0L, 1L), reached);
        assertEquals(EngineFixture.SECOND, owedNanos(from));
        assertEquals(0, owedNanos(to));
    }

    private GroupNode groupOfOneRequestPerSecond(String name) {
        ThrottleLimits limits = ThrottleLimits.of(Map.of("iops", 1L));
        return new GroupNode(name, new PolicySlot(name, "bucket", limits, new BucketPolicyFactory(), 0), clock);
    }

    private long owedNanos(GroupNode group) {
        return group.own.debt(clock.nanoTime()).nanos(LimitKey.IOPS);
    }

    @Test
    void movedQueueDoesNotOvertake() throws IOException {
        Throttle throttle = throttle(Map.of("iops", 1L));
        RequestSink sink = open(throttle);
        GroupNode other = new GroupNode(
                "other", new PolicySlot("other", "bucket", ThrottleLimits.NONE, new BucketPolicyFactory(), 0), clock);
        PolicySlot own = throttle.queue().own;
        for (long offset = 0; offset < 4; offset++) {
            submit(throttle, sink, offset);
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
        RequestSink sink = open(throttle);
        GroupNode other = new GroupNode(
                "other", new PolicySlot("other", "bucket", ThrottleLimits.NONE, new BucketPolicyFactory(), 0), clock);
        PolicySlot own = throttle.queue().own;
        ThrottleLimits after = ThrottleLimits.of(iopsAfter == 0 ? Map.of() : Map.of("iops", iopsAfter));
        submit(throttle, sink, 0);
        submit(throttle, sink, 1);
        whileReaching = () -> {
            throttle.moveTo(other, () -> own.reconfigure("bucket", new BucketPolicyFactory(), after, clock.nanoTime()));
            clock.advance(10_000_000_000L);
            submit(throttle, sink, 2);
        };
        clock.advance(1_000_000_000L);
        assertEquals(List.of(0L, 1L, 2L), reached);
    }

    private static void submit(Throttle throttle, RequestSink sink, long offset) {
        submit(throttle, sink, read(offset));
    }

    private static void submit(Throttle throttle, RequestSink sink, TestRequest request) {
        if (throttle.admit(Direction.READ, request, request.length(), sink) == Throttle.Admission.GO) {
            sink.execute(request);
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
        RequestSink ofLeaving = open(leaving);
        RequestSink ofStaying = open(staying);
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
