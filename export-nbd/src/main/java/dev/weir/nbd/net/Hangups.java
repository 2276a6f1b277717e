package dev.weir.nbd.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Detects hang-ups of clients at their quota, which are not read from. A selector with interest in {@link
 * SelectionKey#OP_CONNECT} reports only errors and closed peers of a connected socket. It is polled at each tick. So
 * a socket with unread input causes no work. See {@code docs/design/decisions/013-nbd-shares.md}.
 *
 * <p>Confined to the thread of the loop.
 */
public final class Hangups implements Ticker.Task, AutoCloseable {
    private final Selector selector;
    private final Ticker ticker;
    private boolean ticking;

    Hangups(Ticker ticker) throws IOException {
        this.ticker = ticker;
        selector = Selector.open();
    }

    /** Closes {@code handler} when its client hangs up. {@link #unwatch} ends that. */
    public void watch(SocketChannel socket, EventLoop.Handler handler) throws ClosedChannelException {
        socket.register(selector, SelectionKey.OP_CONNECT, handler);
        if (!ticking) {
            ticker.add(this);
            ticking = true;
        }
    }

    public void unwatch(SocketChannel socket) {
        SelectionKey key = socket.keyFor(selector);
        if (key != null) {
            key.cancel();
        }
    }

    @Override
    public boolean tick() {
        try {
            selector.selectNow(key -> ((EventLoop.Handler) key.attachment()).close("the client hung up"));
            selector.selectNow(); // frees the descriptors of sockets that were just closed
        } catch (IOException e) {
            throw new UncheckedIOException("hang-ups of clients cannot be detected", e);
        }
        ticking = !selector.keys().isEmpty();
        return ticking;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
