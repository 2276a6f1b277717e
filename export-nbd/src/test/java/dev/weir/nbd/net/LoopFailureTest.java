package dev.weir.nbd.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.nbd.protocol.ReplyWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An error of one handler, task or tick neither ends the loop nor affects its other work. */
@Timeout(60)
class LoopFailureTest {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final TickTimer timer = TickTimer.start("ticks-test");
    private final EventLoop loop;

    LoopFailureTest() throws IOException {
        loop = EventLoop.start("loop-test", new BufferPool(0, ReplyWriter.MAX_DATA_HEADER_BYTES), timer);
    }

    @AfterEach
    void stop() throws InterruptedException {
        loop.stop();
        assertTrue(loop.join(30_000));
        timer.close();
    }

    private String event() throws InterruptedException {
        return String.valueOf(events.poll(30, TimeUnit.SECONDS));
    }

    /** Returns a pipe whose bytes reach a handler. */
    private Pipe pipe(boolean fails, boolean failsToClose) throws IOException {
        Pipe pipe = Pipe.open();
        loop.execute(() -> {
            try {
                loop.register(pipe.source(), key -> new Reader(pipe.source(), key, fails, failsToClose));
            } catch (IOException e) {
                events.add(e.toString());
            }
        });
        return pipe;
    }

    private static void send(Pipe pipe) throws IOException {
        pipe.sink().write(ByteBuffer.allocate(1));
    }

    /** Reads a byte or fails. */
    private final class Reader implements EventLoop.Handler {
        private final Pipe.SourceChannel source;
        private final boolean fails;
        private final boolean failsToClose;

        Reader(Pipe.SourceChannel source, SelectionKey key, boolean fails, boolean failsToClose) {
            this.source = source;
            this.fails = fails;
            this.failsToClose = failsToClose;
            key.interestOps(SelectionKey.OP_READ);
        }

        @Override
        public void ready(int operations) throws IOException {
            if (operations != 0) {
                source.read(ByteBuffer.allocate(1));
                if (fails) {
                    throw new OutOfMemoryError("of the test");
                }
                events.add("read");
            }
        }

        @Override
        public void close(String why) {
            events.add("closed: " + why);
            if (failsToClose) {
                throw new OutOfMemoryError("of the test, while closing");
            }
            try {
                source.close();
            } catch (IOException e) {
                events.add(e.toString());
            }
        }
    }

    @Test
    void failingHandlerIsClosedAlone() throws Exception {
        Pipe good = pipe(false, false);
        Pipe bad = pipe(true, false);
        send(bad);
        assertEquals("closed: internal failure", event());
        send(good);
        assertEquals("read", event());
    }

    @Test
    void loopOutlivesAHandlerThatCannotBeClosed() throws Exception {
        Pipe good = pipe(false, false);
        Pipe bad = pipe(true, true);
        send(bad);
        assertEquals("closed: internal failure", event());
        send(good);
        assertEquals("read", event());
        assertFalse(loop.ended().isDone());
    }

    @Test
    void failingTaskKeepsNoOtherFromRunning() throws Exception {
        loop.execute(() -> {
            throw new OutOfMemoryError("of the test");
        });
        loop.execute(() -> events.add("ran"));
        assertEquals("ran", event());
        CompletableFuture<Long> failures = new CompletableFuture<>();
        loop.execute(() -> failures.complete(loop.failures()));
        assertEquals(1, failures.get());
    }

    @Test
    void ticksGoOnAfterAnError() throws Exception {
        loop.execute(() -> loop.ticker().add(() -> {
            events.add("tick");
            throw new OutOfMemoryError("of the test");
        }));
        for (int i = 0; i < 3; i++) {
            assertEquals("tick", event());
        }
    }

    @Test
    void failingHandlerLeavesOtherHandlersAlone() throws Exception {
        pipe(false, true);
        pipe(false, false);
        pipe(false, true);
        CompletableFuture<Void> all = new CompletableFuture<>();
        loop.execute(() -> {
            loop.forEachHandler(handler -> handler.close("all"));
            all.complete(null);
        });
        all.get();
        for (int i = 0; i < 3; i++) {
            assertEquals("closed: all", event());
        }
    }

    /** Such an error once closed the listening socket until a restart. */
    @Test
    void listenerSurvivesAnErrorOfAClient() throws Exception {
        TcpListenSocket listening = TcpListenSocket.open("127.0.0.1:0");
        int[] clients = {0};
        loop.execute(() -> {
            try {
                loop.register(
                        listening.channel(),
                        key -> new Listener(loop, listening, key, (channel, client) -> {
                            Sockets.close(channel);
                            events.add("client");
                            if (clients[0]++ == 0) {
                                throw new OutOfMemoryError("of the test");
                            }
                        }));
            } catch (IOException e) {
                events.add(e.toString());
            }
        });
        InetSocketAddress address = (InetSocketAddress) listening.channel().getLocalAddress();
        for (int i = 0; i < 3; i++) {
            try (SocketChannel client = SocketChannel.open(address)) {
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            }
            assertEquals("client", event());
        }
    }
}
