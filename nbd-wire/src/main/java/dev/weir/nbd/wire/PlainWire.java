package dev.weir.nbd.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A plain socket without encryption. Thread-safe. */
public final class PlainWire implements Wire {
    private final SocketChannel socket;

    /**
     * Makes a wire.
     *
     * @param socket a non-blocking socket
     */
    public PlainWire(SocketChannel socket) {
        this.socket = socket;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return socket.read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return socket.read(to, offset, length);
    }

    @Override
    public long read(ByteBuffer[] to) throws IOException {
        return socket.read(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return socket.write(from);
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        return socket.write(from, offset, length);
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return socket.write(from);
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public boolean hasMore() {
        return false;
    }

    @Override
    public Identity peer() {
        return Identity.UNKNOWN;
    }

    @Override
    public boolean isSecure() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
