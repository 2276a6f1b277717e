package dev.weir.engine.throttle;

import dev.weir.drive.DriveRequest;

/**
 * The next stage of an admitted request: the open storage of a drive.
 *
 * <p>Thread-safe.
 */
public interface RequestSink {

    /** Executes a request and completes it exactly once, later or at once. Does not throw for a backend's failure. */
    void execute(DriveRequest request);
}
