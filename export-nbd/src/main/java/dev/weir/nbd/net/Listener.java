package dev.weir.nbd.net;

import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts the connections of one listening socket. Confined to the thread of its event loop. */
public final class Listener implements EventLoop.Handler, Ticker.Task {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int MAX_ACCEPTS_PER_TURN = 64;
    private static final int RETRY_TICKS = 10;

    private final EventLoop loop;
    private final ListenSocket socket;
    private final SelectionKey key;
    private final BiConsumer<SocketChannel, String> newClient;
    private int ticksToRetry;
    private long pauses;

    /**
     * Makes a listener that starts at the first call of {@link #ready}.
     *
     * @param newClient receives each connection and the name of its client
     */
    public Listener(
            EventLoop loop, ListenSocket socket, SelectionKey key, BiConsumer<SocketChannel, String> newClient) {
        this.loop = loop;
        this.socket = socket;
        this.key = key;
        this.newClient = newClient;
    }

    @Override
    public void ready(int operations) {
        if (!socket.channel().isOpen()) {
            return;
        }
        try {
            int accepts = 0;
            while (accepts < MAX_ACCEPTS_PER_TURN && accept()) {
                accepts++;
            }
            key.interestOps(SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            pause(e);
        }
    }

    private boolean accept() throws IOException {
        SocketChannel client = socket.channel().accept();
        if (client == null) {
            return false;
        }
        try {
            newClient.accept(client, socket.prepare(client));
        } catch (IOException e) {
            LOG.debug("{}: a client hung up while it was accepted", this, e);
            Sockets.close(client);
        } catch (RuntimeException | Error e) {
            Sockets.close(client);
            throw e;
        }
        return true;
    }

    /** Pauses. An error of one client must not end the listener. */
    @Override
    public void failed(Throwable cause) {
        pause(cause);
    }

    /**
     * Stops accepting until a retry. The usual cause is a lack of file descriptors or memory. New connections stay in
     * the backlog.
     */
    private void pause(Throwable cause) {
        key.interestOps(0);
        ticksToRetry = RETRY_TICKS;
        loop.ticker().add(this);
        pauses++;
        if (Long.bitCount(pauses) == 1) {
            LOG.warn(
                    "{} accepts no clients for {} ms (pause {}): {}",
                    this,
                    RETRY_TICKS * Ticker.MILLIS,
                    pauses,
                    FailureText.of(cause));
        }
    }

    @Override
    public boolean tick() {
        ticksToRetry--;
        if (ticksToRetry > 0) {
            return true;
        }
        loop.serve(this, 0);
        return false;
    }

    @Override
    public void close(String why) {
        socket.close();
    }

    @Override
    public String toString() {
        return socket.address();
    }
}
