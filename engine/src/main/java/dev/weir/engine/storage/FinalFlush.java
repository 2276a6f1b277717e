package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The last request of a device: it makes the completed writes durable before the device is closed. */
final class FinalFlush extends BlockRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CompletableFuture<@Nullable BlockError> result = new CompletableFuture<>();

    private FinalFlush() {
        super("the engine");
    }

    /** Flushes a device and waits without a timeout. Returns the error, or null on success. */
    static @Nullable BlockError of(BlockDevice device) {
        FinalFlush flush = new FinalFlush();
        try {
            device.submit(flush);
        } catch (RuntimeException | Error e) {
            return BlockError.EIO;
        }
        return flush.result.join();
    }

    @Override
    public ByteBuffer buffer() {
        return NOTHING;
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        result.complete(error);
    }
}
