package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.fault.Fault;
import dev.weir.fault.FaultControl;
import dev.weir.fault.FaultFilter;
import dev.weir.fault.FaultSettings;
import dev.weir.fault.FaultState;
import dev.weir.fault.PowerCut;
import dev.weir.fault.PowerCutReport;
import dev.weir.fault.Unflushed;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The faults of a drive as the engine sees them, with a filter that only notes its calls. */
class DriveFaultsTest {
    private final EngineFixture fixture = new EngineFixture(System.identityHashCode(this));
    private final List<String> calls = new ArrayList<>();
    private final Factory factory = new Factory();

    private final class Factory implements BlockFilterFactory {
        @Override
        public String type() {
            return FaultSettings.TYPE;
        }

        @Override
        public List<BlockOption> options() {
            return List.of(
                    new BlockOption(FaultSettings.FAULTS, BlockOption.Kind.TEXT, false, "faults"),
                    new BlockOption(FaultSettings.POWER_CUT, BlockOption.Kind.FLAG, false, "record"));
        }

        @Override
        public boolean returnsAtOnce() {
            return true;
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            calls.add("open " + options.getOrDefault(FaultSettings.FAULTS, "nothing"));
            return new Filter(context.next(), options);
        }
    }

    private final class Filter implements FaultFilter {
        private final BlockDevice next;
        private FaultSettings settings;
        private boolean isOff;

        Filter(BlockDevice next, Map<String, Object> options) {
            this.next = next;
            this.settings = FaultSettings.of(options);
        }

        @Override
        public BlockDevice next() {
            return next;
        }

        @Override
        public void submit(BlockRequest request) {
            if (isOff) {
                request.complete(BlockError.ESHUTDOWN);
            } else {
                next.submit(request);
            }
        }

        @Override
        public void configure(Map<String, Object> options) {
            calls.add("configure " + options.getOrDefault(FaultSettings.FAULTS, "nothing"));
            settings = FaultSettings.of(options);
        }

        @Override
        public void release() {
            // holds no request
        }

        @Override
        public List<FaultState> faults() {
            return settings.faults().stream()
                    .map(fault -> new FaultState(fault, true, -1, 0, 0))
                    .toList();
        }

        @Override
        public @Nullable Unflushed unflushed() {
            return settings.powerCut() ? new Unflushed(0, 0, 0, 0) : null;
        }

        @Override
        public void powerOff() {
            calls.add("power off");
            isOff = true;
        }

        @Override
        public PowerCutReport cutPower(PowerCut how) throws IOException {
            calls.add("cut " + how.keep());
            isOff = false;
            if (how.keep() == PowerCut.Keep.ALL) {
                throw new IOException("a write that survives the power cut failed with EIO");
            }
            return new PowerCutReport(how, 2, 1, 512, 0, List.of());
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private void configure(String faults, boolean powerCut) {
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .faults(FaultSettings.of(Map.of(FaultSettings.FAULTS, faults, FaultSettings.POWER_CUT, powerCut)))
                .build());
    }

    private FaultControl faults() {
        return fixture.control("vm1").faults();
    }

    private String names() {
        return faults().list().stream().map(state -> state.fault().name()).collect(Collectors.joining(" "));
    }

    private State state() {
        return fixture.control("vm1").snapshot().state();
    }

    private static Fault fault(String name) {
        return Fault.of(name, Map.of("error", "EIO"));
    }

    @Test
    void driveWithoutFaultsHasNoFilter() {
        fixture.engine.addFilters(factory, 0);
        configure("", false);
        assertEquals(List.of(), calls);
        faults().set(fault("a"));
        assertEquals(List.of("open a error=EIO"), calls);
        assertEquals("a", names());
        faults().clear();
        assertEquals(List.of("open a error=EIO", "close"), calls);
        assertEquals(State.SERVING, state());
    }

    @Test
    void liveChangeLastsUntilAnotherValueOfTheFault() {
        fixture.engine.addFilters(factory, 0);
        configure("a error=EIO; b hang=5s", false);
        faults().set(fault("c"));
        faults().clear("b");
        assertEquals("a c", names());
        configure("a error=EPERM; b hang=5s; d error=EIO", false);
        assertEquals("a c d", names());
        assertEquals("error=EPERM", faults().settings().faults().get(0).text());
        configure("a error=EPERM; b hang=6s; d error=EIO", false);
        assertEquals("a c d b", names());
        fixture.control("vm1").restore();
        assertEquals("a b d", names());
    }

    @Test
    void missingFilterHoldsTheDriveAndRefusesLiveFaults() {
        configure("a error=EIO", false);
        assertEquals(State.HOLDING, state());
        assertEquals(
                "filter faults is missing", fixture.control("vm1").snapshot().reason());
        faults().clear();
        assertEquals(State.SERVING, state());
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> faults().set(fault("b")));
        assertEquals("no filter of the type faults is installed", refused.getMessage());
        assertEquals(State.SERVING, state());
    }

    @Test
    void unknownFaultCannotBeCleared() {
        fixture.engine.addFilters(factory, 0);
        configure("a error=EIO", false);
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> faults().clear("b"));
        assertEquals("drive vm1 has no fault \"b\"; it has a", refused.getMessage());
    }

    @Test
    void powerCutEndsRequestsAndPublishesAnotherDrive() {
        fixture.engine.addFilters(factory, 0);
        configure("", true);
        Drive before = fixture.drive("vm1");
        CompletableFuture<PowerCutReport> report = cut(PowerCut.Keep.NONE, 0);
        assertEquals(1, report.join().lostWrites());
        assertTrue(before != fixture.drive("vm1"));
        TestRequest late = new TestRequest("c", Operation.WRITE, 0, 512, request -> {});
        late.submitTo(before);
        assertEquals(BlockError.ESHUTDOWN, late.error());
        TestRequest flush = new TestRequest("c", Operation.FLUSH, 0, 0, request -> {});
        flush.submitTo(before);
        assertEquals(BlockError.ESHUTDOWN, flush.error());
        assertNull(fixture.submit("vm1", Operation.WRITE, 0, 512).error());
        assertFalse(fixture.script.log.contains("close vm1"), () -> "the backend stays open: " + fixture.script.log);
    }

    private CompletableFuture<PowerCutReport> cut(PowerCut.Keep keep, long afterNanos) {
        return faults().cutPower(new PowerCut(keep, 0, 1L, afterNanos)).toCompletableFuture();
    }

    private void configureLimited() {
        fixture.engine.addFilters(factory, 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .faults(FaultSettings.of(Map.of(FaultSettings.POWER_CUT, true)))
                .limits(ThrottleLimits.of(Map.of("iops", 1L)))
                .build());
    }

    @Test
    void queuedRequestsEndWithThePower() {
        configureLimited();
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        TestRequest queued = fixture.submit("vm1", Operation.WRITE, 0, 512);
        assertFalse(queued.isCompleted());
        cut(PowerCut.Keep.NONE, 0).join();
        assertEquals(BlockError.ESHUTDOWN, queued.error());
    }

    @Test
    void flushThatWaitsForAFilterEndsWithThePower() {
        fixture.engine.addFilters(factory, 0);
        configure("", true);
        fixture.engine.configure(DriveSettings.builder("vm1", "test")
                .faults(FaultSettings.of(Map.of(FaultSettings.POWER_CUT, true)))
                .filters(List.of(new FilterSettings("missing", Map.of())))
                .build());
        TestRequest flush = fixture.submit("vm1", Operation.FLUSH, 0, 0);
        assertFalse(flush.isCompleted());
        cut(PowerCut.Keep.NONE, 0).join();
        assertEquals(BlockError.ESHUTDOWN, flush.error());
    }

    @Test
    void limitedDriveTakesNothingFromBeforeAPowerCut() {
        configureLimited();
        Drive before = fixture.drive("vm1");
        cut(PowerCut.Keep.NONE, 0).join();
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        fixture.submit("vm1", Operation.WRITE, 0, 512);
        TestRequest late = new TestRequest("c", Operation.WRITE, 4096, 512, request -> {});
        late.submitTo(before);
        assertEquals(BlockError.ESHUTDOWN, late.error());
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertFalse(fixture.script.log.contains("write 4096"));
    }

    @Test
    void driveStaysOffForTheAskedTime() {
        fixture.engine.addFilters(factory, 0);
        configure("", true);
        CompletableFuture<PowerCutReport> report = cut(PowerCut.Keep.NONE, 5 * EngineFixture.SECOND);
        assertNull(fixture.driveIfAny("vm1"));
        assertEquals(State.UNAVAILABLE, state());
        fixture.control("vm1").reopen();
        configure("a error=EIO", true);
        fixture.clock.advance(5 * EngineFixture.SECOND - 1);
        assertFalse(report.isDone());
        assertNull(fixture.driveIfAny("vm1"));
        fixture.clock.advance(1);
        assertTrue(report.isDone());
        assertNotNull(fixture.driveIfAny("vm1"));
        assertEquals("a", names());
        assertEquals(State.SERVING, state());
    }

    @Test
    void failedPowerCutBringsTheDriveBack() {
        fixture.engine.addFilters(factory, 0);
        configure("", true);
        CompletableFuture<PowerCutReport> report = cut(PowerCut.Keep.ALL, 0);
        assertTrue(report.isCompletedExceptionally());
        assertNull(fixture.submit("vm1", Operation.WRITE, 0, 512).error());
    }

    @Test
    void powerCutNeedsARecord() {
        fixture.engine.addFilters(factory, 0);
        configure("a error=EIO", false);
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> cut(PowerCut.Keep.NONE, 0));
        assertEquals(
                "drive vm1 keeps no record of unflushed writes; set faults { power-cut = on }", refused.getMessage());
    }

    @Test
    void removalEndsAPowerCut() {
        fixture.engine.addFilters(factory, 0);
        configure("", true);
        CompletableFuture<PowerCutReport> report = cut(PowerCut.Keep.NONE, 5 * EngineFixture.SECOND);
        fixture.engine.removeDrive("vm1");
        assertTrue(report.isCompletedExceptionally());
        fixture.clock.advance(10 * EngineFixture.SECOND);
        assertNull(fixture.driveIfAny("vm1"));
    }
}
