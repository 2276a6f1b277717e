package dev.weir.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.nbd.connection.Reply;
import dev.weir.nbd.connection.Requests;
import dev.weir.nbd.connection.StopMode;
import dev.weir.nbd.spec.Nbd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of drives, of the server and of connections. */
@Timeout(60)
class NbdServerStopTest extends NbdServerFixture {
    NbdServerStopTest(@TempDir Path folder) {
        super(folder);
    }

    @Test
    void removedDriveEndsConnectionsAfterReplies() throws Exception {
        MemoryDrive stays = new MemoryDrive("stays", 4096, false);
        exports.add(stays);
        drive.hold();
        try (NbdClient busy = NbdClient.to(unix(), "vm1");
                NbdClient idle = NbdClient.to(unix(), "vm1");
                NbdClient half = NbdClient.to(unix(), "vm1");
                NbdClient other = NbdClient.to(unix(), "stays")) {
            busy.send(new Requests().read(1, 0, 512).flush(2));
            half.send(new Requests()
                    .flush(1)
                    .request(0, Nbd.NBD_CMD_WRITE, 2, 0, 2)
                    .raw(new byte[] {1}));
            drive.awaitHeld(3);
            settle();
            exports.remove(drive);
            exports.remove(drive);
            server.driveChanged(drive);
            assertTrue(idle.isClosedByServer());
            settle();
            busy.send(new Requests().flush(3));
            drive.fail(BlockError.ESHUTDOWN);
            drive.release(false);

            assertEquals(Reply.error(1, Nbd.NBD_ESHUTDOWN), busy.reply());
            assertEquals(Reply.error(2, Nbd.NBD_ESHUTDOWN), busy.reply());
            assertTrue(busy.isClosedByServer());
            assertEquals(Reply.error(1, Nbd.NBD_ESHUTDOWN), half.reply());
            assertTrue(half.isClosedByServer());
            other.send(new Requests().flush(4));
            assertEquals(Reply.ok(4), other.reply());
        }
        assertEquals(3, drive.seen().size());
    }

    /** One request is at the backend, one is held and one is incomplete. */
    @ParameterizedTest
    @EnumSource(StopMode.class)
    void stopAnswersRequestsInFlight(StopMode queued) throws Exception {
        BlockingQueue<Runnable> backend = new LinkedBlockingQueue<>();
        drive.on(backend::add);
        try (NbdClient client = NbdClient.to(unix(), "vm1");
                NbdClient idle = NbdClient.to(tcp(), "vm1")) {
            client.send(new Requests().read(1, 0, 512));
            Runnable started = backend.take();
            drive.hold();
            client.send(new Requests().read(2, 0, 512));
            drive.awaitHeld(1);
            CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> server.stop(50_000, queued));
            assertTrue(idle.isClosedByServer());
            while (!drive.awaitCancelled().toString().startsWith("unix:")) {
                // the idle connection on another thread
            }
            assertThrows(IOException.class, () -> NbdClient.to(unix(), "vm1").close());
            client.send(new Requests().read(3, 0, 512));
            if (queued == StopMode.ESHUTDOWN) {
                assertEquals(Reply.error(2, Nbd.NBD_ESHUTDOWN), client.reply());
            }
            assertFalse(stop.isDone());
            started.run();

            assertEquals(Reply.ok(1, new byte[512]), client.reply(512));
            assertTrue(client.isClosedByServer());
            stop.get();
        }
    }

    @Test
    void stopHasATimeout() throws Exception {
        drive.on(neverDone -> {});
        try (NbdClient client = NbdClient.to(unix(), "vm1")) {
            client.send(new Requests().flush(1));
            server.stop(100, StopMode.UNANSWERED);

            assertTrue(client.isClosedByServer());
        }
    }

    @Test
    void closingEndsEveryConnection() throws Exception {
        drive.hold();
        try (NbdClient client = NbdClient.to(unix(), "vm1");
                NbdClient inHandshake = new NbdClient(tcp())) {
            client.send(new Requests().read(1, 0, 512));
            drive.awaitHeld(1);
            inHandshake.greet(FLAGS);

            server.close();

            assertTrue(client.isClosedByServer());
            assertTrue(inHandshake.isClosedByServer());
            assertEquals(0, drive.heldCount());
        }
    }
}
