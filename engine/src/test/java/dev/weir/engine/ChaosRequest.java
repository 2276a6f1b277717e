package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Operation;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request of the chaos model. Its offset in the drive identifies it. */
final class ChaosRequest extends BlockRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final ModelledQueue queue;
    private final Chaos chaos;
    boolean reached;
    boolean completed;

    ChaosRequest(Chaos chaos, ModelledQueue queue, Object client, Operation operation, long serial, long length) {
        super(client);
        this.chaos = chaos;
        this.queue = queue;
        prepare(operation, serial, length);
    }

    @Override
    public ByteBuffer buffer() {
        return NOTHING;
    }

    @Override
    protected void completed(@Nullable BlockError error) {
        chaos.completed(this, error);
    }
}
