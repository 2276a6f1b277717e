package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.wire.Identity;

/** A client's socket, in whichever phase it is. Called by its loop's thread only. */
public interface Connection extends EventLoop.Handler {

    /** Returns who the client has proven to be. */
    Identity peer();

    /** Takes nothing more, and ends the connection when what has gone to a backend is answered. */
    void serverStops(StopMode queued);

    /** Ends the connection in good order if it uses this drive, which is no longer served. */
    void driveGone(Drive drive);

    /** Closes the connection at once if it uses this drive, which its client may not use any more. */
    void notAllowed(Drive drive);

    /** Returns whether it uses the drive of this name. */
    default boolean uses(String drive) {
        return false;
    }
}
