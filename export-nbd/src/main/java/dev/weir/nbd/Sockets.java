package dev.weir.nbd;

import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sockets of all kinds need. */
final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    /** Closes it; a failure is of no consequence, for nothing is read or written any more. */
    static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{} was not closed in good order", socket, e);
        }
    }
}
