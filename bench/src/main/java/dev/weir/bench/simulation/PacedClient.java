package dev.weir.bench.simulation;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A client with a fixed queue depth of reads while it is busy; counts completed reads. Not thread-safe. */
final class PacedClient {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Drive drive;
    private final Deque<BlockRequest> idle = new ArrayDeque<>();
    private boolean busy;
    private boolean submitting;
    private long completedBytes;

    PacedClient(Drive drive, int depth, int requestBytes) {
        this.drive = drive;
        for (int i = 0; i < depth; i++) {
            Read read = new Read();
            read.prepare(Operation.READ, 0, requestBytes);
            idle.add(read);
        }
    }

    /** Starts to submit, or stops after the reads in flight. */
    void busy(boolean now) {
        busy = now;
        submit();
    }

    private void submit() {
        if (submitting) {
            return;
        }
        submitting = true;
        while (busy && !idle.isEmpty()) {
            drive.submit(idle.pop());
        }
        submitting = false;
    }

    long completedBytes() {
        return completedBytes;
    }

    private final class Read extends BlockRequest {
        Read() {
            super("client");
        }

        @Override
        public ByteBuffer buffer() {
            return NOTHING;
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            if (error != null) {
                throw new IllegalStateException(error.toString());
            }
            completedBytes += length();
            idle.add(this);
            submit();
        }
    }
}
