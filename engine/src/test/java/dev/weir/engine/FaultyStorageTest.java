package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.testkit.block.BackendScript;
import dev.weir.testkit.block.BackendScript.Access;
import dev.weir.testkit.block.BackendScript.Call;
import dev.weir.testkit.block.BackendScript.Fault;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Faults of the storage (errors, short reads, full disks and hangs) affect only their own requests. */
@Timeout(120)
class FaultyStorageTest {
    private static final int SIZE = 1 << 20;
    private static final int BLOCK = 512;

    private final ExecutorService threads = SerialSteps.threads();
    private final EngineFixture fixture = new EngineFixture(1, threads);
    private final ScriptedBackends faulty = new ScriptedBackends("faulty", SIZE, this::fault).mayBlock(true);
    private volatile BackendScript script = access -> Fault.NONE;

    @AfterEach
    void end() {
        script = access -> Fault.NONE;
        faulty.resume();
        threads.shutdown();
    }

    private Fault fault(Access access) throws IOException {
        return script.fault(access);
    }

    private void hang(Call what) {
        script = access -> access.call() == what ? Fault.HANG : Fault.NONE;
    }

    private void configure(String name, Map<String, Long> limits) {
        fixture.engine.configure(DriveSettings.builder(name, "faulty")
                .limits(ThrottleLimits.of(limits))
                .build());
        await(() -> fixture.driveIfAny(name) != null);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertFalse(Thread.currentThread().isInterrupted(), "does not come to be in time");
            Thread.onSpinWait();
        }
    }

    /** A request that a thread can wait for. */
    private static final class Waiting extends BlockRequest {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile @Nullable BlockError error;

        Waiting(Operation operation, long offset) {
            super("guest");
            prepare(operation, offset, operation == Operation.FLUSH ? 0 : BLOCK);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(BLOCK);
        }

        @Override
        protected void completed(@Nullable BlockError newError) {
            error = newError;
            done.countDown();
        }

        boolean isDone() {
            return done.getCount() == 0;
        }

        @Nullable
        BlockError outcome() throws InterruptedException {
            assertTrue(done.await(60, TimeUnit.SECONDS), "not completed");
            return error;
        }
    }

    private Waiting submit(String drive, Operation operation, long offset) {
        Waiting request = new Waiting(operation, offset);
        fixture.drive(drive).submit(request);
        return request;
    }

    @Test
    void errorsStayWithTheirRequests() throws Exception {
        long seed = new Random().nextLong();
        BackendScript faults = BackendScript.seeded(seed, 30, Fault.FAIL, Fault.SHORT, Fault.FULL, Fault.THROW);
        fixture.engine.addBackends(faulty, 0);
        configure("vm1", Map.of("iops", 1_000L));
        script = faults;
        List<Waiting> requests = new ArrayList<>();
        for (long offset = 0; offset < 400 * BLOCK; offset += BLOCK) {
            requests.add(submit("vm1", offset / BLOCK % 2 == 0 ? Operation.READ : Operation.WRITE, offset));
        }
        fixture.clock.advance(2 * EngineFixture.SECOND);
        for (Waiting request : requests) {
            Call call = request.operation() == Operation.READ ? Call.READ : Call.WRITE;
            BlockError expected =
                    switch (faults.fault(new Access(call, "vm1", SIZE, request.offset()))) {
                        case NONE -> null;
                        case FULL -> BlockError.ENOSPC;
                        default -> BlockError.EIO;
                    };
            assertEquals(expected, request.outcome(), () -> "at " + request.offset() + ", seed " + seed);
        }
    }

    @Test
    void hangingBackendBlocksNoOtherDrive() throws InterruptedException {
        fixture.engine.addBackends(faulty, 0);
        configure("vm1", Map.of("iops", 100L));
        fixture.configure("vm2", "bucket", null, Map.of("iops", 100L));
        hang(Call.READ);
        Waiting stuck = submit("vm1", Operation.READ, 0);
        await(() -> faulty.hanging() == 1);
        assertNull(submit("vm1", Operation.WRITE, 0).outcome());
        Waiting held = submit("vm1", Operation.WRITE, BLOCK);
        for (int i = 0; i < 20; i++) {
            held = submit("vm1", Operation.WRITE, BLOCK);
        }
        fixture.clock.advance(EngineFixture.SECOND);
        assertNull(held.outcome());
        await(() -> fixture.driveIfAny("vm2") != null);
        assertNull(submit("vm2", Operation.READ, 0).outcome());
        await(() -> fixture.control("vm1").snapshot().inFlight() == 1); // decremented after the completion
        assertFalse(stuck.isDone());
        faulty.resume();
        assertNull(stuck.outcome());
    }

    @Test
    void slowCloseBlocksNothingElse() throws InterruptedException {
        fixture.engine.addBackends(faulty, 0);
        configure("vm1", Map.of());
        hang(Call.WRITE);
        Waiting stuck = submit("vm1", Operation.WRITE, 0);
        await(() -> faulty.hanging() == 1);
        fixture.engine.removeDrive("vm1");
        assertNull(fixture.driveIfAny("vm1"));
        fixture.configure("vm2", "bucket", null, Map.of());
        await(() -> fixture.driveIfAny("vm2") != null);
        fixture.control("vm2").policy("slice");
        fixture.engine.configure(
                DriveSettings.builder("vm1", "faulty").readOnly(true).build());
        assertNull(fixture.driveIfAny("vm1"), "opened while the one before was not closed");
        assertFalse(stuck.isDone());
        faulty.resume();
        assertNull(stuck.outcome());
        await(() -> fixture.driveIfAny("vm1") != null);
        assertTrue(fixture.drive("vm1").readOnly());
    }

    @Test
    void slowOpenIsReportedAndBlocksNothing() {
        hang(Call.OPEN);
        fixture.engine.addBackends(faulty, 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "faulty").build());
        assertEquals(State.UNAVAILABLE, fixture.control("vm1").snapshot().state());
        fixture.control("vm1").limits(ThrottleLimits.of(Map.of("iops", 5L)));
        fixture.configure("vm2", "bucket", null, Map.of());
        await(() -> fixture.driveIfAny("vm2") != null);
        await(() -> fixture.control("vm1").snapshot().reason().endsWith("still being opened"));
        faulty.resume();
        await(() -> fixture.driveIfAny("vm1") != null);
        await(() -> fixture.control("vm1").snapshot().reason().isEmpty());
    }

    @Test
    void removalDuringOpenCloses() {
        AtomicReference<Call> last = new AtomicReference<>();
        script = access -> {
            last.set(access.call());
            return access.call() == Call.OPEN ? Fault.HANG : Fault.NONE;
        };
        fixture.engine.addBackends(faulty, 0);
        fixture.engine.configure(DriveSettings.builder("vm1", "faulty").build());
        await(() -> faulty.hanging() == 1);
        fixture.engine.removeDrive("vm1");
        faulty.resume();
        await(() -> last.get() == Call.CLOSE);
        assertNull(fixture.driveIfAny("vm1"));
    }

    private void configureFor(String client) {
        fixture.engine.configure(
                DriveSettings.builder("vm1", "faulty").clients(List.of(client)).build());
    }

    @Test
    void clientsChangeDuringOpen() {
        hang(Call.OPEN);
        fixture.engine.addBackends(faulty, 0);
        configureFor("alice");
        await(() -> faulty.hanging() == 1);
        configureFor("bob");
        faulty.resume();
        await(() -> fixture.driveIfAny("vm1") != null);
        await(() -> fixture.clients("vm1").equals(List.of("bob")));
        configureFor("carol");
        assertEquals(List.of("carol"), fixture.clients("vm1"));
    }
}
