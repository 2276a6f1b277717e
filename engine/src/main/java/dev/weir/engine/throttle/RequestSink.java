package dev.weir.engine.throttle;

import dev.weir.block.BlockRequest;

/**
 * The next stage of an admitted request: the open drive that passes it to its storage.
 *
 * <p>Thread-safe.
 */
public interface RequestSink {

    /**
     * Executes a request and completes it exactly once, immediately or later. Never throws for a failure of the
     * backend.
     */
    void execute(BlockRequest request);
}
