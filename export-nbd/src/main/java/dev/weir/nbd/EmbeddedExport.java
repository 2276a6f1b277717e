package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.nbd.connection.Exports;
import java.io.IOException;
import java.util.List;

/**
 * The NBD server for a program without an OSGi framework, such as a test. It is the only public class of this bundle
 * for such use.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedExport implements AutoCloseable {
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);

    /**
     * Makes a server and starts to listen.
     *
     * @param address {@code unix:/path} or {@code tcp:host:port}. Port 0 selects a free port.
     * @throws IOException if it cannot listen on the address
     */
    public EmbeddedExport(String address) throws IOException {
        server.start();
        server.listen(List.of(address));
        if (!server.faults().isEmpty()) {
            server.close();
            throw new IOException(server.faults().get(0));
        }
    }

    /** Exports a drive. */
    public void add(Drive drive) {
        exports.add(drive);
    }

    /** Stops exporting a drive. Its connections end after their pending requests are answered. */
    public void remove(Drive drive) {
        exports.remove(drive);
        server.driveChanged(drive);
    }

    /** Returns the NBD URI of a drive. */
    public String uri(String drive) {
        return server.uris(drive).get(0);
    }

    /** Closes all connections and ends the threads. */
    @Override
    public void close() {
        server.close();
    }
}
