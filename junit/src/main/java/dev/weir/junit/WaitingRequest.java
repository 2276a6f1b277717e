package dev.weir.junit;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.drive.Drive;
import dev.weir.drive.DriveRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A request that its thread waits for. For one use. */
final class WaitingRequest extends DriveRequest {
    private final ByteBuffer buffer;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable BlockError error;

    WaitingRequest(Object client, ByteBuffer buffer) {
        super(client);
        this.buffer = buffer;
    }

    /**
     * Has the drive do it, and waits. An interrupt takes it back from the queue; what the backend has begun is
     * waited for, as the buffer is in use until then.
     */
    void run(Drive drive) throws IOException {
        drive.submit(this);
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                drive.cancel(client());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        BlockError failed = error;
        if (failed != null) {
            if (interrupted) {
                throw new ClosedByInterruptException();
            }
            throw new BlockException(
                    failed,
                    "%s of %d bytes at %d of drive %s: %s"
                            .formatted(operation(), length(), offset(), drive.name(), failed));
        }
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public void completed(@Nullable BlockError outcome) {
        error = outcome;
        done.countDown();
    }
}
