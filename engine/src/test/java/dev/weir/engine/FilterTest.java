package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final long SECOND = EngineFixture.SECOND;
    private static final long FOREVER = 1;

    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final List<String> log = fixture.script.log;
    private final TestFilters a = new TestFilters("a", log);
    private final TestFilters b = new TestFilters("b", log);

    @BeforeEach
    void add() {
        fixture.engine.addFilters(a, 0);
        fixture.engine.addFilters(b, 0);
    }

    /** Configures a drive with one request a second and the named filters. */
    private void configure(FilterSettings... filters) {
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .limits(ThrottleLimits.of(Map.of("iops", 10L)))
                .filters(Arrays.asList(filters))
                .build());
    }

    private static FilterSettings filter(String type) {
        return new FilterSettings(type, Map.of());
    }

    private static FilterSettings filter(String type, long delay) {
        return new FilterSettings(type, Map.of("delay", delay));
    }

    private TestRequest submit(Operation operation, long offset) {
        return fixture.submit("vm1", operation, offset, operation == Operation.FLUSH ? 0 : 512);
    }

    private DriveSnapshot snapshot() {
        return fixture.control("vm1").snapshot();
    }

    private String queue() {
        return fixture.control("vm1").queue().stream()
                .map(request -> request.operation() + " " + request.heldBy() + " " + request.goesInNanos() / SECOND)
                .collect(Collectors.joining(", "));
    }

    private long owedNanos() {
        return snapshot().debt().nanos(LimitKey.IOPS);
    }

    @Test
    void firstFilterIsNearestToTheClient() {
        configure(filter("a"), filter("b"));
        assertEquals(
                List.of("open vm1", "open b of " + EngineFixture.SIZE, "open a of " + EngineFixture.SIZE),
                List.copyOf(log));
        log.clear();
        assertNull(submit(Operation.READ, 1).error());
        assertEquals(List.of("a read 1", "b read 1", "read 1"), log);
    }

    @Test
    void missingFilterHoldsEveryRequestUncharged() {
        configure(filter("c"), filter("a"));
        TestRequest read = submit(Operation.READ, 0);
        TestRequest flush = submit(Operation.FLUSH, 0);
        assertEquals(State.HOLDING, snapshot().state());
        assertEquals("filter c is missing", snapshot().reason());
        assertEquals("FLUSH filter c is missing 0, READ filter c is missing 0", queue());
        assertFalse(read.isCompleted() || flush.isCompleted());
        fixture.clock.advance(100 * SECOND);
        assertEquals(0, owedNanos());

        fixture.engine.addFilters(new TestFilters("c", log), 0);
        assertTrue(read.isCompleted() && flush.isCompleted());
        assertEquals(State.SERVING, snapshot().state());
        assertEquals(SECOND / 10, owedNanos());
    }

    @Test
    void bundleOfAFilterIsUpdatedLive() {
        configure(filter("a", FOREVER));
        Drive before = fixture.drive("vm1");
        TestRequest held = submit(Operation.WRITE, 0);
        fixture.engine.removeFilters(a);
        assertTrue(held.isCompleted());
        TestRequest waiting = submit(Operation.WRITE, 2);
        assertEquals("filter a is missing", snapshot().reason());
        assertFalse(waiting.isCompleted());
        assertEquals("close a", log.get(log.size() - 1));

        fixture.engine.addFilters(new TestFilters("a", log), 0);
        configure(filter("a"));
        assertTrue(waiting.isCompleted());
        assertSame(before, fixture.drive("vm1"));
    }

    @Test
    void filterOfAHigherRankingReplacesOneLive() {
        configure(filter("a"));
        TestFilters better = new TestFilters("a", log);
        fixture.engine.addFilters(better, 1);
        assertEquals(1, better.opened);
        assertEquals("close a", log.get(log.size() - 2));
        fixture.engine.removeFilters(better);
        assertEquals(2, a.opened);
        assertEquals(State.SERVING, snapshot().state());
    }

    @Test
    void requestsThatArriveDuringALookAreNotYoungerThanZero() {
        configure(filter("a", 10 * SECOND));
        a.onLook = () -> {
            fixture.clock.advance(1_000_000);
            IntStream.range(0, 3).forEach(i -> submit(Operation.READ, i * 512L));
        };
        List<QueuedRequest> queue = fixture.control("vm1").queue();
        assertEquals(
                List.of(0L, 0L, 0L), queue.stream().map(QueuedRequest::ageNanos).toList());
        assertEquals(
                List.of(10 * SECOND, 10 * SECOND, SECOND / 10),
                queue.stream().map(QueuedRequest::goesInNanos).toList());
    }

    @Test
    void optionsChangeLive() {
        configure(filter("a", 10 * SECOND));
        TestRequest request = submit(Operation.READ, 0);
        assertEquals("READ filter a: late 10", queue());
        assertEquals(1, snapshot().filters().get(0).held());
        configure(filter("a", 5 * SECOND));
        fixture.clock.advance(5 * SECOND - 1);
        assertFalse(request.isCompleted());
        fixture.clock.advance(1);
        assertTrue(request.isCompleted());
        assertEquals(1, a.opened);
    }

    @Test
    void heldRequestShowsItsFilterAndHasLeftTheQueue() {
        configure(filter("a", FOREVER));
        submit(Operation.READ, 0);
        QueuedRequest held = fixture.control("vm1").queue().get(0);
        assertEquals(QueuedRequest.LEFT_THE_QUEUE, held.id());
        assertEquals("filter a: late", held.heldBy());
        assertEquals(-1, held.goesInNanos());
        assertEquals("vm1", held.client());
    }

    @Test
    void addedAndRemovedFiltersLeaveOthersOpen() {
        configure(filter("b"));
        configure(filter("a"), filter("b"));
        configure(filter("b"), filter("a"));
        log.clear();
        submit(Operation.READ, 0);
        assertEquals(List.of("b read 0", "a read 0", "read 0"), log);
        configure(filter("a"));
        configure();
        assertEquals(1, a.opened);
        assertEquals(1, b.opened);
        log.clear();
        submit(Operation.READ, 0);
        assertEquals(List.of("read 0"), log);
    }

    @Test
    void twoFiltersOfOneTypeAreTwoFilters() {
        configure(filter("a"));
        configure(filter("a"), filter("a"));
        assertEquals(2, a.opened);
        log.clear();
        assertTrue(submit(Operation.READ, 0).isCompleted());
        assertEquals(List.of("a read 0", "a read 0", "read 0"), log);
        configure(filter("a"));
        assertEquals("close a", log.get(log.size() - 1));
    }

    @Test
    void changeOfTheChainKeepsTheOrderOfHeldRequests() {
        configure(filter("a", FOREVER));
        log.clear();
        submit(Operation.WRITE, 0);
        submit(Operation.WRITE, 2);
        configure(filter("b", FOREVER), filter("a", FOREVER));
        submit(Operation.WRITE, 4);
        configure(filter("b"), filter("a"));
        fixture.clock.advance(SECOND);
        assertEquals(
                List.of("write 0", "write 2", "write 4"),
                log.stream().filter(line -> line.startsWith("write")).toList());
    }

    @Test
    void refusedOptionsHoldTheDriveUntilTheyFit() {
        configure(filter("a", FOREVER));
        TestRequest held = submit(Operation.READ, 0);
        configure(filter("a", 13));
        assertTrue(held.isCompleted());
        assertEquals("filter a: delay = 13: must be another number", snapshot().reason());
        TestRequest waiting = submit(Operation.READ, 2);
        assertFalse(waiting.isCompleted());
        configure(filter("a"));
        assertTrue(waiting.isCompleted());
    }

    @Test
    void unknownOptionHoldsTheDrive() {
        configure(new FilterSettings("a", Map.of("colour", "red")));
        assertEquals("filter a: options has no option colour", snapshot().reason());
    }

    @Test
    void leavingClientTakesWaitingRequestsAlong() {
        configure(filter("c"));
        TestRequest read = submit(Operation.READ, 0);
        TestRequest flush = submit(Operation.FLUSH, 0);
        fixture.drive("vm1").cancel("vm1");
        assertEquals(BlockError.ESHUTDOWN, read.error());
        assertEquals(BlockError.ESHUTDOWN, flush.error());
        assertEquals("", queue());
        assertEquals(0, owedNanos());
    }

    @Test
    void removedDriveEndsItsWaitingRequests() {
        configure(filter("c"));
        TestRequest flush = submit(Operation.FLUSH, 0);
        fixture.engine.removeDrive("vm1");
        assertEquals(BlockError.ESHUTDOWN, flush.error());
    }

    @Test
    void closingDriveReleasesAndClosesItsFilters() {
        configure(filter("a", FOREVER), filter("b", FOREVER));
        TestRequest held = submit(Operation.WRITE, 0);
        log.clear();
        fixture.engine.removeDrive("vm1");
        assertNull(held.error());
        assertTrue(held.isCompleted());
        assertEquals(List.of("a write 0", "b write 0", "write 0", "close a", "close b", "flush", "close vm1"), log);
    }

    @Test
    void throwingFilterFailsItsRequestOnly() {
        configure(filter("a"));
        a.error = new StackOverflowError();
        assertEquals(BlockError.EIO, submit(Operation.READ, 0).error());
        a.error = new OutOfMemoryError();
        assertEquals(BlockError.ENOMEM, submit(Operation.READ, 0).error());
        assertNull(submit(Operation.READ, 0).error());
        assertEquals(0, snapshot().inFlight());
    }

    @Test
    void impossibleBlockSizeHoldsTheDrive() {
        a.blockSize = 3;
        configure(filter("a"));
        assertEquals(
                "filters: its block size is 3: must be a power of two up to 65536",
                snapshot().reason());
        a.blockSize = 1;
        fixture.clock.advance(SECOND);
        assertEquals(State.SERVING, snapshot().state());
    }

    @Test
    void otherBlockSizeIsAnotherDriveForClients() {
        configure();
        Drive before = fixture.drive("vm1");
        assertEquals(1, before.blockSize());
        a.blockSize = 512;
        configure(filter("a"));
        assertNotSame(before, fixture.drive("vm1"));
        assertEquals(512, fixture.drive("vm1").blockSize());
        assertEquals(BlockError.EINVAL, submit(Operation.READ, 256).error());
        assertNull(submit(Operation.READ, 512).error());
    }
}
