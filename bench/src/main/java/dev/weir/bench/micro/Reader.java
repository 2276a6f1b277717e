package dev.weir.bench.micro;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A client with one read in flight. */
final class Reader extends BlockRequest {
    /** Length of a read (bytes). */
    static final int BYTES = 4096;

    private static final ThreadLocal<ByteBuffer> BUFFERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BYTES));

    private final Drive drive;
    private final LongAdder completed;
    private boolean again;
    private boolean submitting;
    private boolean done;

    Reader(Drive drive, LongAdder completed) {
        super("bench");
        this.drive = drive;
        this.completed = completed;
        prepare(Operation.READ, 0, BYTES);
    }

    void read() {
        drive.submit(this);
    }

    /** Submits the next read on each completion. */
    synchronized void start() {
        again = true;
        submitting = true;
        do {
            done = false;
            drive.submit(this);
        } while (done);
        submitting = false;
    }

    @Override
    public ByteBuffer buffer() {
        return BUFFERS.get().clear();
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        if (error != null) {
            throw new IllegalStateException(error.toString());
        }
        if (!again) {
            return;
        }
        synchronized (this) {
            completed.increment();
            done = true;
            if (!submitting) {
                start();
            }
        }
    }
}
