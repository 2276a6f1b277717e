package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.clock.RetryTimer;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Drives while their settings and backends come and go. */
class DriveLifeTest {
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));

    @Test
    void driveIsServedWhileItsBackendIsOpen() {
        fixture.configure("vm1", "bucket", null, Map.of());
        assertEquals(EngineFixture.SIZE, fixture.drive("vm1").size());
        fixture.engine.removeBackends(fixture.backends);
        assertNull(fixture.driveIfAny("vm1"));
        assertEquals(List.of("open vm1", "flush", "close vm1"), fixture.script.log);
        assertEquals(State.UNAVAILABLE, fixture.control("vm1").snapshot().state());
        assertEquals(
                "backend test is missing", fixture.control("vm1").snapshot().reason());
        fixture.engine.addBackends(fixture.backends, 0);
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        assertNull(fixture.submit("vm1", Operation.READ, 0, 512).error());
    }

    @Test
    void failedOpenSaysWhy() {
        fixture.script.failure = "no such file: vm1.img";
        fixture.configure("vm1", "bucket", null, Map.of());
        assertNull(fixture.driveIfAny("vm1"));
        assertEquals("no such file: vm1.img", fixture.control("vm1").snapshot().reason());
    }

    @Test
    void failedOpenIsRetriedAfterLongerPauses() {
        fixture.script.failure = "no such file: vm1.img";
        fixture.configure("vm1", "bucket", null, Map.of());
        assertEquals(1, fixture.script.tries);
        fixture.clock.advance(EngineFixture.SECOND - 1);
        assertEquals(1, fixture.script.tries);
        fixture.clock.advance(1);
        assertEquals(2, fixture.script.tries);
        assertEquals("no such file: vm1.img", fixture.control("vm1").snapshot().reason());
        fixture.clock.advance(2 * EngineFixture.SECOND);
        assertEquals(3, fixture.script.tries);
        for (int i = 0; i < 10; i++) {
            fixture.clock.advance(RetryTimer.LONGEST_PAUSE_NANOS);
        }
        int before = fixture.script.tries;
        fixture.script.failure = "";
        fixture.clock.advance(RetryTimer.LONGEST_PAUSE_NANOS);
        assertEquals(before + 1, fixture.script.tries);
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        fixture.clock.advance(10 * RetryTimer.LONGEST_PAUSE_NANOS);
        assertEquals(before + 1, fixture.script.tries);
    }

    @Test
    void removedDriveIsNotRetried() {
        fixture.script.failure = "no such file: vm1.img";
        fixture.configure("vm1", "bucket", null, Map.of());
        fixture.engine.removeDrive("vm1");
        fixture.clock.advance(10 * RetryTimer.LONGEST_PAUSE_NANOS);
        assertEquals(1, fixture.script.tries);
    }

    @Test
    void openingIsRetriedAfterAnError() {
        fixture.script.error = new OutOfMemoryError("for the test");
        fixture.configure("vm1", "bucket", null, Map.of());
        fixture.clock.advance(EngineFixture.SECOND);
        fixture.script.error = null;
        fixture.clock.advance(2 * EngineFixture.SECOND);
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
    }

    @Test
    void reopenTriesAtOnceAndSparesOpenDrives() {
        fixture.script.failure = "no such file: vm1.img";
        fixture.configure("vm1", "bucket", null, Map.of());
        fixture.script.failure = "";
        assertTrue(fixture.control("vm1").reopen().toCompletableFuture().isDone());
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        assertTrue(fixture.control("vm1").reopen().toCompletableFuture().isDone());
        assertEquals(2, fixture.script.tries);
    }

    @Test
    void unknownOrMistypedOptionsAreRefused() {
        assertEquals("backend test has no option pathh", reasonFor(Map.of("pathh", "a.img")));
        assertEquals("backend test: path = 5: must be a String", reasonFor(Map.of("path", 5L)));
    }

    private String reasonFor(Map<String, Object> options) {
        fixture.engine.configure(
                DriveSettings.builder("vm1", "test").options(options).build());
        assertNull(fixture.driveIfAny("vm1"));
        return fixture.control("vm1").snapshot().reason();
    }

    @Test
    void removalEndsQueuedRequests() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.submit("vm1", Operation.READ, 1, 512);
        TestRequest queued = fixture.submit("vm1", Operation.READ, 2, 512);
        Drive drive = fixture.drive("vm1");
        fixture.engine.removeDrive("vm1");
        assertEquals(BlockError.ESHUTDOWN, queued.error());
        assertFalse(fixture.script.log.contains("read 2"));
        TestRequest late = new TestRequest("guest", Operation.READ, 0, 512, request -> {});
        drive.submit(late);
        assertEquals(BlockError.ESHUTDOWN, late.error());
        TestRequest flush = new TestRequest("guest", Operation.FLUSH, 0, 0, request -> {});
        drive.submit(flush);
        assertEquals(BlockError.ESHUTDOWN, flush.error());
    }

    @Test
    void limitChangeKeepsTheBackend() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        fixture.configure("vm1", "slice", null, Map.of("iops", 2L));
        assertEquals(List.of("open vm1"), fixture.script.log);
        assertEquals("slice", fixture.control("vm1").snapshot().policy());
    }

    @Test
    void restoreUndoesManualChanges() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        DriveControl control = fixture.control("vm1");
        control.limits(ThrottleLimits.of(Map.of("iops", 7L)));
        control.policy("slice");
        assertEquals(1, control.snapshot().settings().limits().rate(LimitKey.IOPS));
        assertEquals(7, control.snapshot().limits().rate(LimitKey.IOPS));
        control.restore();
        assertEquals("bucket", control.snapshot().policy());
        assertEquals(1, control.snapshot().limits().rate(LimitKey.IOPS));
    }

    @Test
    void changeByHandOutlivesOtherSettings() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L, "bps", 4096L));
        DriveControl control = fixture.control("vm1");
        control.limits(ThrottleLimits.of(Map.of("iops", 7L, "bps", 4096L, "bps_max", 8192L)));
        control.policy("bucket");
        fixture.configureGroup("g", "bucket", Map.of());
        fixture.configure("vm1", "bucket", "g", Map.of("iops", 1L, "bps", 4096L));
        assertEquals(7, control.snapshot().limits().rate(LimitKey.IOPS));
        fixture.configure("vm1", "bucket", "g", Map.of("iops", 1L, "bps", 5000L));
        assertEquals(
                Map.of("iops", 7L, "bps", 5000L, "bps_max", 8192L),
                control.snapshot().limits().toMap());
        fixture.configure("vm1", "bucket", "g", Map.of("iops", 2L, "bps", 9000L));
        assertEquals(
                Map.of("iops", 2L, "bps", 9000L), control.snapshot().limits().toMap());
    }

    @Test
    void policyByHandOutlivesAChangeOfLimits() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        fixture.control("vm1").policy("slice");
        fixture.configure("vm1", "bucket", null, Map.of("iops", 2L));
        assertEquals("slice", fixture.control("vm1").snapshot().policy());
        fixture.configure("vm1", "bucket", null, Map.of("iops", 2L, "iops_max", 9L));
        assertEquals("bucket", fixture.control("vm1").snapshot().policy());
        assertEquals(9, fixture.control("vm1").snapshot().limits().max(LimitKey.IOPS));
    }

    @Test
    void backendChangeClosesTheOld() {
        fixture.configure("vm1", "bucket", null, Map.of());
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .options(Map.of("path", "other"))
                .readOnly(true)
                .build());
        assertEquals(List.of("open vm1", "flush", "close vm1", "open vm1"), fixture.script.log);
        assertEquals(
                BlockError.EPERM, fixture.submit("vm1", Operation.WRITE, 0, 512).error());
    }

    @Test
    void invalidRequestsAreNotCharged() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        long size = EngineFixture.SIZE;
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.READ, size - 511, 512).error());
        assertEquals(
                BlockError.ENOSPC,
                fixture.submit("vm1", Operation.WRITE, size - 511, 512).error());
        assertEquals(
                BlockError.ENOSPC,
                fixture.submit("vm1", Operation.WRITE_ZEROES, size, 1).error());
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.TRIM, size, 1).error());
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.READ, -1, 512).error());
        assertEquals(
                BlockError.EINVAL, fixture.submit("vm1", Operation.READ, 0, 0).error());
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.READ, Long.MAX_VALUE, 512).error());
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.READ, 0, Drive.MAX_TRANSFER + 1).error());
        assertEquals(
                BlockError.ENOSPC,
                fixture.submit("vm1", Operation.FAST_ZERO, size, 1).error());
        assertEquals(
                BlockError.EINVAL,
                fixture.submit("vm1", Operation.BLOCK_STATUS, 1, size).error());
        assertEquals(
                BlockError.EINVAL, fixture.submit("vm1", Operation.CACHE, 0, 0).error());
        assertEquals(List.of("open vm1"), fixture.script.log);
        assertEquals(0, fixture.control("vm1").snapshot().debt().nanos(LimitKey.IOPS));
        assertEquals(11, fixture.control("vm1").snapshot().counters().failed());
    }

    @Test
    void flushIsFreeAndFuaFlushes() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        fixture.submit("vm1", Operation.WRITE, 1, 512);
        TestRequest forced = new TestRequest("guest", Operation.WRITE, 2, 512, request -> {});
        forced.prepare(Operation.WRITE, 2, 512);
        forced.fua(true);
        fixture.drive("vm1").submit(forced);
        assertNull(fixture.submit("vm1", Operation.FLUSH, 0, 0).error());
        fixture.clock.advance(2 * EngineFixture.SECOND);
        assertEquals(List.of("open vm1", "write 0", "flush", "write 1", "write 2", "flush"), fixture.script.log);
    }

    @Test
    void blockStatusIsFree() {
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .readOnly(true)
                .limits(ThrottleLimits.of(Map.of("bps", 1L)))
                .build());
        fixture.submit("vm1", Operation.READ, 0, 512);
        TestRequest status = fixture.submit("vm1", Operation.BLOCK_STATUS, 1, 1L << 39);
        assertNull(status.error());
        assertEquals(List.of("data " + ((1L << 39) - 1), "hole 1"), status.extents());
        assertEquals(List.of("open vm1", "read 0", "block-status 1"), fixture.script.log);
        assertEquals(1, fixture.control("vm1").snapshot().counters().blockStatuses());
    }

    @Test
    void unsupportedFastZeroIsNotCharged() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 1L));
        assertEquals(
                BlockError.ENOTSUP,
                fixture.submit("vm1", Operation.FAST_ZERO, 0, 512).error());
        assertEquals(0, fixture.control("vm1").snapshot().debt().nanos(LimitKey.IOPS));
        fixture.backends.zeroesFast(true);
        TestRequest fast = new TestRequest("guest", Operation.FAST_ZERO, 1, 512, request -> {});
        fast.prepare(Operation.FAST_ZERO, 1, 512);
        fast.fua(true);
        fast.mayUnmap(true);
        fixture.drive("vm1").submit(fast);
        assertNull(fast.error());
        assertEquals(List.of("open vm1", "write-zeroes 1", "flush"), fixture.script.log);
        assertEquals(1, fixture.control("vm1").snapshot().counters().writes());
        assertTrue(fixture.control("vm1").snapshot().debt().nanos(LimitKey.IOPS) > 0);
    }

    @Test
    void backendFailureFailsOneRequest() {
        fixture.configure("vm1", "bucket", null, Map.of());
        fixture.script.failure = "the disk is on fire";
        assertEquals(
                BlockError.EIO, fixture.submit("vm1", Operation.READ, 0, 512).error());
        fixture.script.failure = "";
        assertNull(fixture.submit("vm1", Operation.READ, 0, 512).error());
    }

    @Test
    void blockingBackendRunsOnWorkers() throws InterruptedException {
        fixture.backends.mayBlock(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        CountDownLatch done = new CountDownLatch(1);
        Thread[] thread = new Thread[1];
        fixture.submit("vm1", "guest", Operation.FLUSH, 0, 0, request -> {
            thread[0] = Thread.currentThread();
            done.countDown();
        });
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertTrue(thread[0].getName().startsWith("weir-vm1-"));
    }

    @Test
    void cachedReadStaysOnItsThread() {
        fixture.backends.mayBlock(true);
        fixture.backends.readsNow(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        assertTrue(fixture.submit("vm1", Operation.READ, 512, 4096).isCompleted());
        assertEquals(List.of("open vm1", "read-now 512"), fixture.script.log);
    }

    @Test
    void uncachedReadGoesToAWorker() throws InterruptedException {
        fixture.backends.mayBlock(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        CountDownLatch done = new CountDownLatch(1);
        Thread[] thread = new Thread[1];
        fixture.submit("vm1", "guest", Operation.READ, 512, 4096, request -> {
            thread[0] = Thread.currentThread();
            done.countDown();
        });
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertTrue(thread[0].getName().startsWith("weir-vm1-"));
        assertEquals(List.of("open vm1", "read 512"), fixture.script.log);
    }

    @Test
    void immediateWriteStaysOnItsThread() {
        fixture.backends.mayBlock(true);
        fixture.backends.writesNow(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        assertTrue(fixture.submit("vm1", Operation.WRITE, 512, 4096).isCompleted());
        assertEquals(List.of("open vm1", "write-now 512"), fixture.script.log);
    }

    @Test
    void otherWriteGoesToAWorker() throws InterruptedException {
        fixture.backends.mayBlock(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        CountDownLatch done = new CountDownLatch(1);
        Thread[] thread = new Thread[1];
        fixture.submit("vm1", "guest", Operation.WRITE, 512, 4096, request -> {
            thread[0] = Thread.currentThread();
            done.countDown();
        });
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertTrue(thread[0].getName().startsWith("weir-vm1-"));
        assertEquals(List.of("open vm1", "write 512"), fixture.script.log);
    }

    @Test
    void writesAreSerialisedOnRequest() throws InterruptedException {
        fixture.backends.mayBlock(true);
        fixture.backends.writesInTurn(true);
        fixture.configure("vm1", "bucket", null, Map.of());
        int count = 1000;
        CountDownLatch done = new CountDownLatch(count);
        List<String> expected = new ArrayList<>(List.of("open vm1"));
        for (int i = 0; i < count; i++) {
            fixture.submit("vm1", "guest", Operation.WRITE, i * 512L, 512, request -> done.countDown());
            expected.add("write " + i * 512L);
        }
        assertTrue(done.await(10, TimeUnit.SECONDS));
        assertEquals(expected, fixture.script.log);
    }

    @Test
    void anyThrowableFailsOneRequest() {
        fixture.configure("vm1", "bucket", null, Map.of("iops", 10L));
        Load load = new Load(fixture, "vm1", Operation.READ, 512, 1);
        fixture.script.error = new NoClassDefFoundError("for the test");
        fixture.submit("vm1", Operation.READ, 0, 512);
        TestRequest failing = fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.clock.advance(EngineFixture.SECOND);
        assertEquals(BlockError.EIO, failing.error());
        fixture.script.error = null;
        long before = load.requests();
        assertNull(fixture.submit("vm1", Operation.FLUSH, 0, 0).error());
        TestRequest next = fixture.submit("vm1", Operation.READ, 0, 512);
        fixture.clock.advance(EngineFixture.SECOND);
        assertTrue(next.isCompleted() && next.error() == null);
        assertEquals(before, load.requests());
    }
}
