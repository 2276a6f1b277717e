package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.HeldRequest;
import dev.weir.block.Operation;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Lost connections: held, resent and failed requests. */
class ReconnectTest extends NbdDeviceFixture {
    private static final FarServer.Handler SILENT = (request, connection) -> {};

    private final FarServer.Handler serving = server.handler;

    ReconnectTest() throws IOException {}

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.interrupted()) {
                throw new AssertionError("it does not happen");
            }
            Thread.onSpinWait();
        }
    }

    /** Makes the server unreachable. */
    private void cutOff(BlockDevice device) {
        server.refuses = true;
        server.drop();
        await(() -> !device.condition().isEmpty());
    }

    @Test
    void unansweredRequestsAreSentAgain() throws Exception {
        server.handler = SILENT;
        BlockDevice device = open();
        TestRequest write = TestRequest.write(3, (byte) 5).to(device);
        TestRequest read = TestRequest.read(100, 4).to(device);
        TestRequest flush = TestRequest.flush().to(device);
        TestRequest zeroes = TestRequest.of(Operation.WRITE_ZEROES, 200, 10).to(device);
        for (int i = 0; i < 4; i++) {
            server.next();
        }

        server.handler = serving;
        server.drop();

        awaitConnection();
        write.ok();
        assertEquals(1, device.reconnects());
        flush.ok();
        zeroes.ok();
        assertArrayEquals(new byte[4], read.ok());
        assertEquals(5, server.disk[3]);
    }

    @Test
    void requestsAreHeldUntilTheServerIsBack() throws Exception {
        BlockDevice device = open();
        assertEquals("", device.condition());
        cutOff(device);
        clock.advance(TimeUnit.SECONDS.toNanos(3));
        long since = clock.nanoTime();

        TestRequest write = TestRequest.write(3, (byte) 5).to(device);
        await(() -> !device.held().isEmpty());
        clock.advance(TimeUnit.SECONDS.toNanos(9));

        HeldRequest held = device.held().get(0);
        assertEquals(new HeldRequest("test", Operation.WRITE, 3, 1, "no connection", since, HeldRequest.UNKNOWN), held);
        assertTrue(
                device.condition().matches("no connection to nbd://127.0.0.1:\\d+/disk for 12.0 s: .+"),
                device.condition());
        assertFalse(write.isDone());
        server.refuses = false;
        awaitConnection();
        write.ok();
        assertEquals(List.of(), device.held());
        assertEquals("", device.condition());
    }

    @Test
    void shortOutageTakesOneLineOfTheLog() throws Exception {
        open();
        server.drop();
        advanceUntil(() -> !logged.isEmpty());
        assertEquals(1, logged.size(), logged::toString);
        assertTrue(
                logged.get(0).matches("the connection to nbd://.+ was lost and is back after 0.\\d s: .+"),
                logged::toString);
    }

    @Test
    void longOutageIsLoggedAtItsBeginAndEnd() throws Exception {
        BlockDevice device = open();
        cutOff(device);
        advanceUntil(() -> !logged.isEmpty());
        assertTrue(logged.get(0).matches("no connection to nbd://.+/disk: .+"), logged::toString);
        server.refuses = false;
        advanceUntil(() -> logged.size() > 1);
        assertTrue(logged.get(1).matches("connected to nbd://.+ again after \\d+\\.\\d s"), logged::toString);
    }

    @Test
    void requestsFailAfterTheTimeoutAndLaterOnesAtOnce() throws Exception {
        BlockDevice device = open();
        TestRequest.read(0, 1).to(device).ok();
        cutOff(device);
        TestRequest write = TestRequest.write(3, (byte) 5).to(device);
        await(() -> !device.held().isEmpty());

        clock.advance(TimeUnit.SECONDS.toNanos(59));
        assertEquals(1, device.held().size());
        clock.advance(TimeUnit.SECONDS.toNanos(1));

        write.fails(BlockError.EIO);
        TestRequest.read(0, 1).to(device).fails(BlockError.EIO);
        server.refuses = false;
        awaitConnection();
        await(() -> device.condition().isEmpty());
        TestRequest.read(0, 1).to(device).ok();
    }

    @Test
    void silentServerIsLeftAfterTheTimeout() throws Exception {
        options.put("timeout", TimeUnit.SECONDS.toNanos(5));
        server.handler = SILENT;
        BlockDevice device = open();
        TestRequest read = TestRequest.read(0, 1).to(device);
        server.next();

        clock.advance(TimeUnit.SECONDS.toNanos(5));

        read.fails(BlockError.EIO);
        awaitConnection();
    }

    @Test
    void serverSilentToRepeatedWritesIsLeftToo() throws Exception {
        options.put("timeout", TimeUnit.SECONDS.toNanos(5));
        BlockDevice device = open();
        TestRequest.write(3, (byte) 5).to(device).ok();
        server.next();
        clock.advance(TimeUnit.SECONDS.toNanos(60));
        server.handler = SILENT;
        server.drop();
        awaitConnection();
        server.next();

        TestRequest read = TestRequest.read(0, 1).to(device);
        await(() -> !device.held().isEmpty());
        clock.advance(TimeUnit.SECONDS.toNanos(5));

        read.fails(BlockError.EIO);
    }

    @Test
    void answersKeepOtherRequestsFromTheTimeout() throws Exception {
        options.put("timeout", TimeUnit.SECONDS.toNanos(5));
        server.handler = (request, connection) -> {
            if (request.offset() > 0) {
                connection.serve(request);
            }
        };
        BlockDevice device = open();
        TestRequest slow = TestRequest.read(0, 1).to(device);

        for (int i = 0; i < 10; i++) {
            clock.advance(TimeUnit.SECONDS.toNanos(4));
            TestRequest.read(1, 1).to(device).ok();
        }

        assertFalse(slow.isDone());
    }

    @Test
    void timeoutOfZeroHoldsForEver() throws Exception {
        options.put("timeout", 0L);
        BlockDevice device = open();
        cutOff(device);
        TestRequest read = TestRequest.read(0, 1).to(device);
        await(() -> !device.held().isEmpty());

        clock.advance(TimeUnit.DAYS.toNanos(1));

        assertFalse(read.isDone());
        server.refuses = false;
        awaitConnection();
        read.ok();
    }

    /** A server that keeps writes in its cache until a flush and loses them when it ends. */
    private void loseUnflushedWrites() {
        byte[] durable = server.disk.clone();
        server.handler = (request, connection) -> {
            if (request.type() == Nbd.NBD_CMD_FLUSH) {
                System.arraycopy(server.disk, 0, durable, 0, SIZE);
            }
            serving.handle(request, connection);
        };
        server.onDrop = () -> System.arraycopy(durable, 0, server.disk, 0, SIZE);
    }

    @Test
    void answeredWritesSurviveTheLossOfTheServersCache() throws Exception {
        loseUnflushedWrites();
        BlockDevice device = open();
        TestRequest.fill(0, 100, 1).to(device).ok();
        TestRequest.flush().to(device).ok();
        TestRequest.fill(50, 100, 2).to(device).ok();
        TestRequest.of(Operation.WRITE_ZEROES, 60, 10).to(device).ok();
        TestRequest.fill(65, 1_500_000, 3).withFua().to(device).ok();

        server.drop();
        awaitConnection();
        byte[] read = TestRequest.read(0, 1_500_100).to(device).ok();

        byte[] expected = new byte[1_500_100];
        java.util.Arrays.fill(expected, 0, 50, (byte) 1);
        java.util.Arrays.fill(expected, 50, 60, (byte) 2);
        java.util.Arrays.fill(expected, 65, 1_500_065, (byte) 3);
        assertArrayEquals(expected, read);
        server.drop();
        awaitConnection();
        assertArrayEquals(expected, TestRequest.read(0, 1_500_100).to(device).ok());
    }

    @Test
    void flushedWritesAreNotSentAgain() throws Exception {
        BlockDevice device = open();
        TestRequest.fill(0, 100, 1).to(device).ok();
        TestRequest.flush().to(device).ok();
        server.next();
        server.next();

        server.drop();
        awaitConnection();
        TestRequest.read(0, 1).to(device).ok();

        assertEquals("0 0+1", server.next().toString());
    }

    @Test
    void manyUnflushedWritesMakeTheBackendFlush() throws Exception {
        loseUnflushedWrites();
        BlockDevice device = open();
        for (int i = 0; i < 40; i++) {
            TestRequest.fill((i % 4) << 20, 1 << 20, i).to(device).ok();
        }

        List<FarServer.Request> seen = new ArrayList<>();
        server.requests.drainTo(seen);
        long flushes =
                seen.stream().filter(each -> each.type() == Nbd.NBD_CMD_FLUSH).count();
        assertTrue(flushes >= 2 && flushes <= 6, flushes + " flushes");
        server.drop();
        awaitConnection();
        for (int i = 0; i < 4; i++) {
            assertEquals(36 + i, TestRequest.read(i << 20, 1).to(device).ok()[0]);
        }
    }

    @Test
    void writeWithoutRoomForItsCopyCompletesAfterAFlush() throws Exception {
        FarServer.Handler plain = serving;
        AtomicBoolean mayFlush = new AtomicBoolean();
        server.handler = (request, connection) -> {
            if (request.type() != Nbd.NBD_CMD_FLUSH || mayFlush.get()) {
                plain.handle(request, connection);
            }
        };
        BlockDevice device = open();
        List<TestRequest> writes = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            writes.add(TestRequest.fill((i % 4) << 20, 1 << 20, i).to(device));
        }
        for (int i = 0; i < 16; i++) {
            writes.get(i).ok();
        }
        FarServer.Request flush = server.next();
        while (flush.type() != Nbd.NBD_CMD_FLUSH) {
            flush = server.next();
        }
        assertFalse(writes.get(16).isDone());

        mayFlush.set(true);
        server.drop();

        awaitConnection();
        writes.get(16).ok();
        assertEquals(16, server.disk[0]);
    }

    @Test
    void flushFailsOnceIfAnsweredWritesMayBeLost() throws Exception {
        loseUnflushedWrites();
        BlockDevice device = open();
        TestRequest.fill(0, 100, 1).to(device).ok();
        cutOff(device);
        clock.advance(TimeUnit.SECONDS.toNanos(61));
        server.refuses = false;
        awaitConnection();

        TestRequest.flush().to(device).fails(BlockError.EIO);
        TestRequest.flush().to(device).ok();
        assertEquals(0, TestRequest.read(0, 1).to(device).ok()[0]);
    }

    @Test
    void serverThatShutsDownKeepsItsRequestsForTheNextOne() throws Exception {
        server.handler = (request, connection) -> connection.error(request, Nbd.NBD_ESHUTDOWN);
        BlockDevice device = open();
        TestRequest write = TestRequest.write(3, (byte) 5).to(device);
        server.next();

        server.handler = serving;

        advanceUntil(write::isDone);
        write.ok();
        assertEquals(5, server.disk[3]);
    }

    @Test
    void serverThatEndsEveryConnectionIsNotAskedInALoop() throws Exception {
        options.put("timeout", TimeUnit.SECONDS.toNanos(5));
        AtomicInteger asked = new AtomicInteger();
        server.handler = (request, connection) -> {
            asked.incrementAndGet();
            connection.close();
        };
        BlockDevice device = open();
        TestRequest read = TestRequest.read(0, 1).to(device);

        advanceUntil(read::isDone);

        read.fails(BlockError.EIO);
        assertTrue(asked.get() <= 8, asked + " times in five seconds");
    }

    @Test
    void smallerExportIsRefused() throws Exception {
        BlockDevice device = open();
        cutOff(device);
        server.disk = new byte[SIZE - 4096];
        server.refuses = false;
        TestRequest read = TestRequest.read(0, 1).to(device);
        advanceUntil(() -> device.condition()
                .contains("its export has 4092KiB and had 4MiB: shrink the drive to that size, or reopen it"));
        assertFalse(read.isDone());
        assertEquals(SIZE, device.size());

        server.disk = new byte[SIZE];
        advanceUntil(read::isDone);
        read.ok();
    }

    @Test
    void reconnectsBackOff() throws Exception {
        BlockDevice device = open();
        cutOff(device);
        int before = server.refused.get();

        for (int i = 0; i < 600; i++) {
            clock.advance(TimeUnit.MILLISECONDS.toNanos(100));
            TestRequest.read(0, 1).to(device); // lets the loop take its turn
            await(() -> server.refused.get() > before);
        }

        int attempts = server.refused.get() - before;
        assertTrue(attempts <= 20, attempts + " attempts in a minute");
    }
}
