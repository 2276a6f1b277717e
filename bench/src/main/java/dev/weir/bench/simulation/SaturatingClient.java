package dev.weir.bench.simulation;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client with one request of a fixed size always in flight; counts completed requests. Not thread-safe. */
final class SaturatingClient extends BlockRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Drive drive;
    private boolean submitting;
    private boolean idle = true;
    private long completed;

    SaturatingClient(Drive drive, Operation operation, long length) {
        super(drive.name());
        this.drive = drive;
        prepare(operation, 0, length);
    }

    void start() {
        if (submitting) {
            return;
        }
        submitting = true;
        while (idle) {
            idle = false;
            drive.submit(this);
        }
        submitting = false;
    }

    long completed() {
        return completed;
    }

    @Override
    public ByteBuffer buffer() {
        return NOTHING;
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        if (error != null) {
            throw new IllegalStateException(drive.name() + ": " + error);
        }
        completed++;
        idle = true;
        start();
    }
}
