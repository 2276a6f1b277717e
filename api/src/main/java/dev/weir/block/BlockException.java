package dev.weir.block;

import java.io.IOException;
import java.io.Serial;

/** A failed operation on a backend that knows which {@link BlockError} it is. */
public final class BlockException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final BlockError error;

    /**
     * Says what failed and how a client is told.
     *
     * @param error what a client is told
     * @param message what an operator is told: the thing, the value and the rule
     */
    public BlockException(BlockError error, String message) {
        super(message);
        this.error = error;
    }

    /** {@return what a client is told} */
    public BlockError error() {
        return error;
    }
}
