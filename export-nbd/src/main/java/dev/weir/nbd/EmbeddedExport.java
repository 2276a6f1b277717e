package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.nbd.connection.Exports;
import java.io.IOException;
import java.util.List;

/**
 * The NBD server in a program without an OSGi framework, such as a test. The only class of this bundle that
 * others may use, and only where there is no framework.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedExport implements AutoCloseable {
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);

    /**
     * Starts to listen.
     *
     * @param address {@code unix:/path}, or {@code tcp:host:port}, where port 0 is any that is free
     * @throws IOException if it cannot listen there
     */
    public EmbeddedExport(String address) throws IOException {
        server.start();
        server.listen(List.of(address));
        if (!server.faults().isEmpty()) {
            server.close();
            throw new IOException(server.faults().get(0));
        }
    }

    /** Offers a drive to clients. */
    public void add(Drive drive) {
        exports.add(drive);
    }

    /** Returns the URI at which clients reach a drive. */
    public String uri(String drive) {
        return server.uris(drive).get(0);
    }

    /** Closes every connection and ends its threads. */
    @Override
    public void close() {
        server.close();
    }
}
