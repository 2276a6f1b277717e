package dev.weir.engine.throttle;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request in the copy of a queue. Executing it does nothing. */
final class SimulatedRequest extends BlockRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    SimulatedRequest(BlockRequest of) {
        super(of.client());
        prepare(of.operation(), of.offset(), of.length());
    }

    @Override
    public ByteBuffer buffer() {
        return NOTHING;
    }

    @Override
    protected void completed(@Nullable BlockError error) {}
}
