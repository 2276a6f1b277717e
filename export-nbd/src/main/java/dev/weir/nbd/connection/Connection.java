package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.nbd.net.EventLoop;
import dev.weir.nbd.wire.Identity;

/** A client connection in the handshake or in transmission. Confined to the thread of its event loop. */
public interface Connection extends EventLoop.Handler {

    /** Returns the proven identity of the client. */
    Identity peer();

    /** Accepts no more requests. Closes the connection when the requests at a backend are answered. */
    void serverStops(StopMode queued);

    /**
     * Ends the connection if it uses this drive, which is no longer served. Its pending requests are answered first.
     */
    void driveGone(Drive drive);

    /** Closes the connection at once if it uses this drive, which its client may no longer use. */
    void notAllowed(Drive drive);

    /** Returns whether the connection uses the drive with this name. */
    default boolean uses(String drive) {
        return false;
    }
}
