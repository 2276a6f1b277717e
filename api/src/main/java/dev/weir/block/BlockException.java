package dev.weir.block;

import java.io.IOException;
import java.io.Serial;

/** A failed backend operation with a known {@link BlockError}. */
public final class BlockException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final BlockError error;

    /**
     * Creates an exception.
     *
     * @param error the error for the client
     * @param message the message for the operator: the thing, the value and the rule
     */
    public BlockException(BlockError error, String message) {
        super(message);
        this.error = error;
    }

    /** {@return the error for the client} */
    public BlockError error() {
        return error;
    }
}
