package dev.weir.engine.storage;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A flush by the engine itself. */
final class Flush extends BlockRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CompletableFuture<@Nullable BlockError> result = new CompletableFuture<>();

    private Flush() {
        super("the engine");
    }

    /** Flushes a device. Returns the error, or null on success. */
    static @Nullable BlockError of(BlockDevice device) {
        Flush flush = new Flush();
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
