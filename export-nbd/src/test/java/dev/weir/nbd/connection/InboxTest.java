package dev.weir.nbd.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.net.BufferPool;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.net.TickTimer;
import dev.weir.nbd.protocol.ReplyWriter;
import dev.weir.nbd.quota.Budget;
import dev.weir.nbd.wire.PlainWire;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboxTest {
    private final BufferPool pool = new BufferPool(1 << 20, ReplyWriter.MAX_DATA_HEADER_BYTES);
    private final TickTimer timer = TickTimer.start("inbox-ticks");
    private final EventLoop loop;
    private final SocketChannel client;
    private final SocketChannel server;
    private final Budget budget = FakeSocket.budget(16L * EventLoop.RECEIVE_BYTES);
    private final Inbox inbox;

    InboxTest(@TempDir Path folder) throws IOException {
        loop = EventLoop.start("inbox-test", pool, timer);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            client = SocketChannel.open(listening.bind(address).getLocalAddress());
            server = listening.accept();
        }
        server.configureBlocking(false);
        inbox = new Inbox(new PlainWire(server), loop, budget);
    }

    @AfterEach
    void nothingIsLent() throws IOException {
        inbox.discard();
        assertEquals(0, pool.lent());
        client.close();
        server.close();
        loop.stop();
        timer.close();
    }

    @Test
    void idleInboxHoldsNoMemory() throws IOException {
        ByteBuffer in = receive();

        assertFalse(in.hasRemaining());
        assertTrue(inbox.isDrained());
        inbox.keep(in);
        assertEquals(0, pool.lent());
    }

    @Test
    void receivesLittleWithoutBudget() throws IOException {
        inbox.beginTransmission();
        send(new byte[100_000]);
        budget.keep(1);
        assertEquals(Inbox.READ_BEHIND_BYTES, receive().remaining());

        budget.keep(-1);
        assertEquals(100_000 - Inbox.READ_BEHIND_BYTES, receive().remaining());
    }

    @Test
    void largeReceiveMeansFlowing() throws IOException {
        inbox.beginTransmission();
        send(new byte[Inbox.MIN_DIRECT_READ_BYTES - 1]);
        receive();
        assertFalse(inbox.isFlowing());

        send(new byte[Inbox.MIN_DIRECT_READ_BYTES]);
        receive();
        assertTrue(inbox.isFlowing());

        receive();
        assertFalse(inbox.isFlowing());
    }

    @Test
    void appendsNewBytes() throws IOException {
        for (byte next = 1; next <= 5; next++) {
            send(next);
            ByteBuffer in = receive();

            assertEquals(next, in.remaining());
            assertEquals(1, in.get(0));
            assertEquals(next, in.get(next - 1));
            inbox.keep(in);
            assertEquals(1, pool.lent());
        }
    }

    @Test
    void takenBytesAreConsumed() throws IOException {
        send((byte) 1, (byte) 2, (byte) 3);
        ByteBuffer in = receive();
        in.get();
        inbox.keep(in);

        ByteBuffer rest = inbox.rest();
        assertEquals(2, rest.get());
        inbox.keep(rest);
        assertEquals(3, inbox.rest().get());
        inbox.keep(inbox.rest());

        assertFalse(inbox.rest().hasRemaining());
        assertEquals(0, pool.lent());
    }

    @Test
    void fillsThePayloadFirst() throws IOException {
        byte[] sent = new byte[Inbox.MIN_DIRECT_READ_BYTES + 2];
        sent[sent.length - 2] = 7;
        send(sent);
        ByteBuffer payload = ByteBuffer.allocateDirect(Inbox.MIN_DIRECT_READ_BYTES);

        ByteBuffer in = inbox.receive(payload);

        assertNotNull(in);
        assertFalse(payload.hasRemaining());
        assertEquals(2, in.remaining());
        assertEquals(7, in.get());
    }

    @Test
    void reportsEndOfStream() throws IOException {
        client.close();

        assertNull(inbox.receive(null));
    }

    private void send(byte... bytes) throws IOException {
        client.write(ByteBuffer.wrap(bytes));
    }

    private ByteBuffer receive() throws IOException {
        ByteBuffer in = inbox.receive(null);
        assertNotNull(in);
        return in;
    }
}
