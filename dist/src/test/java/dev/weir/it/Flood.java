package dev.weir.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that submit requests without pause, each on its own connection. Some disconnect with requests in flight and
 * reconnect. They share one thread, which ends on close.
 */
final class Flood implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final int REPLY = 16;
    private static final int REQUESTS_AT_ONCE = 16;

    /** Mean number of turns of a client before it disconnects. */
    private static final int TURNS = 1_000;

    private final Selector selector = Selector.open();
    private final Random random;
    private final Path socket;
    private final ByteBuffer received = ByteBuffer.allocateDirect(256 << 10);
    private final Thread thread = new Thread(this::run, "flood");
    private volatile boolean closed;
    private final AtomicInteger hangups = new AtomicInteger();
    private final AtomicLong replies = new AtomicLong();
    private volatile String failure = "";

    /** A connection. Not thread-safe. */
    private final class Client {
        private final String drive;
        private final int type;
        private final ByteBuffer requests;

        /** Received bytes of incomplete replies. */
        private long partial;

        Client(String drive, int type) {
            this.drive = drive;
            this.type = type;
            int payload = type == RawNbd.WRITE ? BLOCK : 0;
            requests = ByteBuffer.allocateDirect(REQUESTS_AT_ONCE * (28 + payload));
            for (int i = 0; i < REQUESTS_AT_ONCE; i++) {
                RawNbd.put(requests, 0, type, i, 0, BLOCK);
                requests.position(requests.position() + payload);
            }
            requests.flip();
        }

        void connect() throws IOException {
            SocketChannel channel = RawNbd.connect(socket, drive);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE, this);
            requests.rewind();
            partial = 0;
        }

        void turn(SelectionKey key) throws IOException {
            SocketChannel channel = (SocketChannel) key.channel();
            if (key.isWritable()) {
                channel.write(requests);
                if (!requests.hasRemaining()) {
                    requests.rewind();
                }
            }
            if (key.isReadable()) {
                take(channel);
            }
            if (random.nextInt(TURNS) == 0) {
                channel.close();
                hangups.incrementAndGet();
                connect();
            }
        }

        private void take(SocketChannel channel) throws IOException {
            if (channel.read(received.clear()) < 0) {
                throw new IOException(drive + ": the server has closed the connection");
            }
            received.flip();
            int size = REPLY + (type == RawNbd.READ ? BLOCK : 0);
            for (int at = (int) ((size - partial) % size); at + 8 <= received.limit(); at += size) {
                if (received.getInt(at + 4) != 0) {
                    throw new IOException(drive + ": error " + received.getInt(at + 4));
                }
            }
            replies.addAndGet((partial + received.limit()) / size);
            partial = (partial + received.limit()) % size;
        }
    }

    private Flood(Path socket, long seed) throws IOException {
        this.socket = socket;
        random = new Random(seed);
    }

    /** Starts one client for each name; every second one writes. */
    static Flood start(Path socket, List<String> drives, long seed) throws IOException {
        Flood flood = new Flood(socket, seed);
        for (int i = 0; i < drives.size(); i++) {
            flood.new Client(drives.get(i), i % 2 == 0 ? RawNbd.READ : RawNbd.WRITE).connect();
        }
        flood.thread.start();
        return flood;
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(this::turn, 100);
            }
            for (SelectionKey key : new ArrayList<>(selector.keys())) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException | RuntimeException e) {
            failure = e.toString();
        }
    }

    private void turn(SelectionKey key) {
        try {
            ((Client) key.attachment()).turn(key);
        } catch (IOException e) {
            failure = e.toString();
            key.cancel();
        }
    }

    /** Returns the first failure; empty if none. */
    String failure() {
        return failure;
    }

    /** Returns the number of disconnects. */
    int hangups() {
        return hangups.get();
    }

    /** Returns the number of replies. */
    long replies() {
        return replies.get();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
