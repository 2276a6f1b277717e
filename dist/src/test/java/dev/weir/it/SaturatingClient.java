package dev.weir.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A client that writes at full speed and records the time of each reply, until it is closed. */
final class SaturatingClient implements AutoCloseable {
    static final int BLOCK = 4096;

    /** Its queue depth; as many writes may be complete without their replies read. */
    static final int DEPTH = 64;

    private final RawNbd nbd;
    private final Thread thread = new Thread(this::run, "client");

    /** The time of each reply, as {@link System#nanoTime}. Guarded by itself. */
    private final List<Long> answers = new ArrayList<>();

    private volatile boolean closed;
    private volatile String failure = "";

    SaturatingClient(Weir weir, String drive) throws IOException {
        nbd = new RawNbd(weir.socket(), drive);
        thread.start();
    }

    private void run() {
        try {
            for (int i = 0; i < DEPTH; i++) {
                write();
            }
            while (true) {
                if (nbd.reply().error() != 0) {
                    failure = "a write was answered with an error";
                }
                synchronized (answers) {
                    answers.add(System.nanoTime());
                }
                write();
            }
        } catch (IOException e) {
            failure = closed ? failure : e.toString();
        }
    }

    private void write() throws IOException {
        nbd.request(0, RawNbd.WRITE, 0, 0, BLOCK, ByteBuffer.allocate(BLOCK));
    }

    /** Returns the times of the replies at or after a moment, in seconds after it. */
    List<Double> secondsAfter(long nanos) {
        synchronized (answers) {
            return answers.stream()
                    .filter(answer -> answer - nanos >= 0)
                    .map(answer -> (answer - nanos) / 1e9)
                    .toList();
        }
    }

    /** Returns the failure; empty if none. */
    String failure() {
        return failure;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        nbd.close();
    }
}
