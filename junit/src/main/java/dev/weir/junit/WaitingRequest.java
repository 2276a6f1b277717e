package dev.weir.junit;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockRequest;
import dev.weir.drive.Drive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A blocking request, for one use. */
final class WaitingRequest extends BlockRequest {
    private final ByteBuffer buffer;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable BlockError error;

    WaitingRequest(Object client, ByteBuffer buffer) {
        super(client);
        this.buffer = buffer;
    }

    /**
     * Submits the request and waits for its completion. An interrupt cancels a queued request. A request that the
     * backend has started is still awaited, because it uses the buffer.
     *
     * @throws IOException if the request fails
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
    protected void completed(@Nullable BlockError outcome) {
        error = outcome;
        done.countDown();
    }
}
