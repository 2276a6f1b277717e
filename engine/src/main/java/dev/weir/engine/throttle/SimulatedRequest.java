package dev.weir.engine.throttle;

import dev.weir.block.BlockError;
import dev.weir.drive.DriveRequest;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request in the copy of a queue. Executing it does nothing. */
final class SimulatedRequest extends DriveRequest {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    SimulatedRequest(DriveRequest of) {
        super(of.client());
        prepare(of.operation(), of.offset(), of.length());
    }

    @Override
    public ByteBuffer buffer() {
        return NOTHING;
    }

    @Override
    public void completed(@Nullable BlockError error) {}
}
