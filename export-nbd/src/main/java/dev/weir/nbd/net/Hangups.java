package dev.weir.nbd.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Finds out that clients have hung up whose connections are at their bound and not read from. A selector that is asked
 * for {@link SelectionKey#OP_CONNECT} tells of a connected socket only that an error is pending or the other side is
 * gone, and as it is only asked now and then, a socket that could be read from keeps nobody busy.
 *
 * <p>For one loop's thread only.
 */
public final class Hangups implements Ticker.Task, AutoCloseable {
    private final Selector selector;
    private final Ticker ticker;
    private boolean ticking;

    Hangups(Ticker ticker) throws IOException {
        this.ticker = ticker;
        selector = Selector.open();
    }

    /** Closes {@code handler} when its client has hung up, until {@link #unwatch}. */
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
            selector.selectNow(); // or the descriptors of what was just closed would stay
        } catch (IOException e) {
            throw new UncheckedIOException("the system does not say whether clients have hung up", e);
        }
        ticking = !selector.keys().isEmpty();
        return ticking;
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
