package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes of the size of a drive by command, by configuration and by the storage itself. */
class ResizeTest {
    private static final long SIZE = ResizableDevices.SIZE;
    private static final long SECOND = EngineFixture.SECOND;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final ResizableDevices devices = add(fixture);

    private static ResizableDevices add(EngineFixture to) {
        ResizableDevices devices = new ResizableDevices();
        to.engine.addBackends(devices, 0);
        return devices;
    }

    private void configure(@Nullable Long size, Map<String, Long> limits, FilterSettings... filters) {
        configure(fixture, size, limits, filters);
    }

    private static void configure(
            EngineFixture at, @Nullable Long size, Map<String, Long> limits, FilterSettings... filters) {
        at.engine.configure(DriveSettings.builder("vm1", "resizable")
                .options(size == null ? Map.of() : Map.of("size", size))
                .limits(ThrottleLimits.of(limits))
                .filters(List.of(filters))
                .build());
    }

    private CompletableFuture<@Nullable Void> resize(long size, boolean mayShrink) {
        return fixture.control("vm1").resize(size, mayShrink).toCompletableFuture();
    }

    private void refuses(String message, long size, boolean mayShrink) {
        CompletionException e = assertThrows(
                CompletionException.class, () -> resize(size, mayShrink).join());
        assertSame(IOException.class, Objects.requireNonNull(e.getCause()).getClass());
        assertEquals(message, e.getCause().getMessage());
    }

    private TestRequest submit(Operation operation, long offset) {
        return fixture.submit("vm1", operation, offset, 512);
    }

    @Test
    void grownDriveTakesRequestsInItsNewPart() {
        configure(null, Map.of());
        Drive drive = fixture.drive("vm1");
        assertEquals(BlockError.EINVAL, submit(Operation.READ, SIZE).error());
        resize(2 * SIZE, false).join();
        assertEquals(2 * SIZE, drive.size());
        assertEquals(2 * SIZE, fixture.control("vm1").snapshot().size());
        assertNull(submit(Operation.READ, SIZE).error());
        assertSame(drive, fixture.drive("vm1"));
    }

    @Test
    void shrinkNeedsPermission() {
        configure(null, Map.of());
        refuses(
                "size = 512B: is less than the 64KiB of the drive; a command that permits it must shrink the"
                        + " drive first",
                512,
                false);
        resize(512, true).join();
        assertEquals(BlockError.ENOSPC, submit(Operation.WRITE, 512).error());
        assertEquals(BlockError.EINVAL, submit(Operation.TRIM, 512).error());
        assertNull(submit(Operation.WRITE, 0).error());
    }

    @Test
    void impossibleSizesAreRefused() {
        devices.blockSize = 512;
        configure(null, Map.of());
        refuses("size = 0: must be 1 byte or more", 0, true);
        refuses("size = 1kB: must be a multiple of the block size 512", 1000, true);
        devices.failure = "no space left";
        refuses("no space left", 2 * SIZE, false);
        assertEquals(SIZE, fixture.drive("vm1").size());
        assertEquals(State.SERVING, fixture.control("vm1").snapshot().state());
        assertNull(submit(Operation.READ, 0).error());
    }

    @Test
    void backendWithoutAbilityIsRefused() {
        fixture.configure("vm1", "bucket", null, Map.of());
        refuses("this storage cannot be resized", 2 * EngineFixture.SIZE, false);
        assertNull(submit(Operation.READ, 0).error());
    }

    @Test
    void unavailableDriveIsRefused() {
        configure(null, Map.of());
        fixture.engine.removeBackends(devices);
        refuses("drive vm1 is unavailable: backend resizable is missing", 2 * SIZE, false);
    }

    @Test
    void queuedRequestsBeyondTheEndFailUncharged() {
        configure(null, Map.of("iops", 1L));
        assertNull(submit(Operation.READ, 0).error());
        TestRequest beyond = submit(Operation.WRITE, SIZE - 512);
        TestRequest within = submit(Operation.WRITE, 0);
        resize(SIZE / 2, true).join();
        assertTrue(beyond.isCompleted());
        assertEquals(BlockError.ENOSPC, beyond.error());
        assertFalse(within.isCompleted());
        fixture.clock.advance(SECOND);
        assertTrue(within.isCompleted(), "the refused request was charged");
        assertEquals(1, fixture.control("vm1").snapshot().counters().failed());
    }

    @Test
    void filterIsEmptiedFirstAndHoldsAgainAfterwards() {
        TestFilters filters = new TestFilters("a", new ArrayList<>());
        fixture.engine.addFilters(filters, 0);
        configure(null, Map.of(), new FilterSettings("a", Map.of("delay", SECOND)));
        TestRequest held = submit(Operation.WRITE, SIZE - 512);
        resize(SIZE / 2, true).join();
        assertTrue(held.isCompleted());
        assertNull(held.error(), "a request in flight fitted and must not fail");
        TestRequest later = submit(Operation.READ, 0);
        assertFalse(later.isCompleted());
        fixture.clock.advance(SECOND);
        assertTrue(later.isCompleted());
        assertEquals(1, filters.opened);
    }

    @Test
    void configuredSizeGrowsTheOpenDrive() {
        configure(SIZE, Map.of());
        Drive drive = fixture.drive("vm1");
        configure(2 * SIZE, Map.of());
        assertSame(drive, fixture.drive("vm1"));
        assertEquals(2 * SIZE, drive.size());
        assertEquals(List.of(SIZE, 2 * SIZE), devices.sizes);
    }

    @Test
    void configuredSizeNeverShrinksTheOpenDrive() {
        configure(SIZE, Map.of());
        configure(SIZE / 2, Map.of());
        assertEquals(SIZE, fixture.drive("vm1").size());
        resize(SIZE / 2, true).join();
        configure(SIZE / 2, Map.of("iops", 5L));
        assertEquals(List.of(SIZE, SIZE / 2), devices.sizes);
    }

    @Test
    void sizeByCommandOutlivesOtherSettingsAndBackends() {
        configure(SIZE, Map.of());
        resize(3 * SIZE, false).join();
        configure(SIZE, Map.of("iops", 5L));
        fixture.control("vm1").restore();
        fixture.engine.removeBackends(devices);
        fixture.engine.addBackends(devices, 0);
        assertEquals(3 * SIZE, fixture.drive("vm1").size());
        configure(4 * SIZE, Map.of());
        fixture.engine.removeBackends(devices);
        fixture.engine.addBackends(devices, 0);
        assertEquals(List.of(SIZE, 3 * SIZE, 3 * SIZE, 4 * SIZE, 4 * SIZE), devices.sizes);
    }

    @Test
    void configuredSizeWaitsForAMissingFilter() {
        configure(SIZE, Map.of(), new FilterSettings("a", Map.of()));
        configure(2 * SIZE, Map.of(), new FilterSettings("a", Map.of()));
        assertEquals(List.of(SIZE), devices.sizes);
        fixture.engine.addFilters(new TestFilters("a", new ArrayList<>()), 0);
        assertEquals(List.of(SIZE, 2 * SIZE), devices.sizes);
        assertEquals(2 * SIZE, fixture.drive("vm1").size());
    }

    @Test
    void driveFollowsStorageThatChangesItsSize() {
        configure(null, Map.of());
        devices.device.resize(2 * SIZE);
        fixture.clock.advance(StorageLifecycle.CHECK_NANOS);
        assertEquals(2 * SIZE, fixture.drive("vm1").size());
        assertNull(submit(Operation.READ, SIZE).error());
    }

    @Test
    void resizeWaitsForRequestsInFlight() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            EngineFixture concurrent = new EngineFixture(1, threads);
            ResizableDevices slow = add(concurrent);
            configure(concurrent, null, Map.of());
            slow.device.defer();
            TestRequest inFlight = concurrent.submit("vm1", Operation.WRITE, SIZE - 512, 512);
            CompletableFuture<?> resized =
                    concurrent.control("vm1").resize(SIZE / 2, true).toCompletableFuture();
            while (concurrent.control("vm1").snapshot().state() != State.HOLDING) {
                Thread.onSpinWait();
            }
            TestRequest late = concurrent.submit("vm1", Operation.WRITE, SIZE - 512, 512);
            assertFalse(late.isCompleted());
            assertFalse(resized.isDone());
            assertEquals(List.of(SIZE), slow.sizes);
            slow.device.completeNext();
            resized.get(10, TimeUnit.SECONDS);
            assertNull(inFlight.error());
            assertTrue(late.isCompleted());
            assertEquals(BlockError.ENOSPC, late.error());
            assertFalse(slow.device.completeNext(), "a request beyond the end reached the storage");
        } finally {
            threads.shutdownNow();
        }
    }
}
