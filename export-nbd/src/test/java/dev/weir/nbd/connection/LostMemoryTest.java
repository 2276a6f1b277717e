package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.Drive;
import dev.weir.nbd.MemoryDrive;
import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.net.TickTimer;
import dev.weir.nbd.protocol.NegotiatedSession;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.quota.DriveAccount;
import dev.weir.nbd.quota.ServerState;
import dev.weir.nbd.quota.Shares;
import dev.weir.nbd.spec.NbdMode;
import dev.weir.nbd.wire.PlainWire;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An OutOfMemoryError loses neither memory of the budget nor a seat. */
@Timeout(60)
class LostMemoryTest {
    @Test
    void requestThatCannotBeMadeTakesNoShare() {
        Budget budget = FakeSocket.budget(1 << 20);
        DriveAccount account = budget.newAccount(new Shares(1), new Shares(1));
        budget.divide(1 << 20, 1, 1, List.of(account));
        InFlight requests = new InFlight(ClientQuotas.DEFAULT, budget, account, () -> {});
        assertThrows(
                OutOfMemoryError.class,
                () -> requests.begin(64 << 10, true, () -> {
                    throw new OutOfMemoryError("of the test");
                }));
        assertEquals(0, budget.used());
    }

    @Test
    void failingStepOfACloseSkipsNoOther(@TempDir Path folder) throws Exception {
        TickTimer timer = TickTimer.start("lost-memory-ticks");
        BufferPool pool = new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES);
        EventLoop loop = EventLoop.start("lost-memory", pool, timer);
        MemoryDrive drive = new MemoryDrive("vm1", 4096, false);
        ServerState state = new ServerState();
        state.drives(1);
        DriveAccount account = Objects.requireNonNull(state.use(drive.name(), false));
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                SocketChannel client =
                        SocketChannel.open(listening.bind(address).getLocalAddress());
                SocketChannel server = listening.accept();
                Selector selector = Selector.open()) {
            server.configureBlocking(false);
            SelectionKey key = server.register(selector, 0);
            PlainWire wire = new PlainWire(server);
            TransmissionConnection connection = new TransmissionConnection(
                    loop,
                    wire,
                    key,
                    "client",
                    new Inbox(wire, loop, state.budget),
                    new NegotiatedSession((Drive) drive, NbdMode.SIMPLE, false),
                    state,
                    account,
                    () -> {
                        throw new OutOfMemoryError("of the test");
                    });
            assertThrows(OutOfMemoryError.class, () -> connection.close("of the test"));
            drive.awaitCancelled();
            assertTrue(account.isUnused());
            assertTrue(client.isOpen());
        } finally {
            loop.stop();
            assertTrue(loop.join(30_000));
            timer.close();
        }
    }
}
