package dev.weir.backend.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockDevice;
import dev.weir.nbd.spec.Nbd;
import dev.weir.unit.Measure;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** An export whose size changes at its server. */
class ResizeTest extends NbdDeviceFixture {
    ResizeTest() throws IOException {}

    /** Changes the size on another thread, because it waits for the virtual clock. */
    private CompletableFuture<Long> resize(BlockDevice device, long size) throws InterruptedException {
        CompletableFuture<Long> done = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        device.resize(size);
                        done.complete(device.size());
                    } catch (IOException e) {
                        done.completeExceptionally(e);
                    }
                })
                .start();
        advanceUntil(done::isDone);
        return done;
    }

    private void setSize(int size) {
        server.disk = Arrays.copyOf(server.disk, size);
    }

    @Test
    void largerExportIsTakenOverAtAReconnect() throws Exception {
        BlockDevice device = open();
        setSize(2 * SIZE);
        server.drop();
        advanceUntil(() -> device.size() == 2 * SIZE);
        TestRequest write = TestRequest.write(SIZE, (byte) 5).to(device);
        advanceUntil(write::isDone);
        write.ok();
        assertEquals(5, server.disk[SIZE]);
    }

    @Test
    void resizeLooksAtTheServer() throws Exception {
        BlockDevice device = open();
        setSize(2 * SIZE);
        assertEquals(SIZE, device.size());
        assertEquals(2 * SIZE, resize(device, 2 * SIZE).get());
        assertTrue(logged.isEmpty(), logged::toString);
    }

    @Test
    void resizeToTheKnownSizeKeepsTheConnection() throws Exception {
        BlockDevice device = open();
        logged.clear();
        assertEquals(SIZE, resize(device, SIZE).get());
        assertTrue(logged.isEmpty(), logged::toString);
    }

    @Test
    void sizeThatTheServerDoesNotHaveIsRefused() throws Exception {
        BlockDevice device = open();
        for (long wanted : new long[] {SIZE / 2, 2 * SIZE}) {
            ExecutionException e = assertThrows(
                    ExecutionException.class, () -> resize(device, wanted).get());
            assertEquals(
                    "size = " + Measure.sizeText(wanted)
                            + ": the export has 4MiB, and Weir cannot resize it; resize it at its server first",
                    Objects.requireNonNull(e.getCause()).getMessage());
            assertEquals(SIZE, device.size());
        }
    }

    @Test
    void shrinkFlushesFirstAndTakesTheSmallerSize() throws Exception {
        BlockDevice device = open();
        TestRequest write = TestRequest.fill(SIZE - 512, 512, 5).to(device);
        advanceUntil(write::isDone);
        server.handler = (request, connection) -> {
            connection.serve(request);
            if (request.type() == Nbd.NBD_CMD_FLUSH) {
                setSize(SIZE / 2); // the server shrinks once it has everything
            }
        };
        assertEquals(SIZE / 2, resize(device, SIZE / 2).get());
        TestRequest flush = TestRequest.flush().to(device);
        advanceUntil(flush::isDone);
        flush.ok();
    }
}
