package dev.weir.drive.export;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Offers every {@code Drive} service to clients over a network protocol. It is a service while it listens,
 * with what it listens on as the properties {@link #ADDRESSES} and {@link #URIS}, and what it could not listen on as
 * {@link #FAULTS}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface DriveExport {

    /** The service property, a {@code String[]}, of addresses: {@code unix:/path} and {@code tcp:host:port}. */
    String ADDRESSES = "weir.export.addresses";

    /** The service property, a {@code String[]}, of a URI for each address; the name of a drive goes at the end of its path. */
    String URIS = "weir.export.uris";

    /** The service property, a {@code String[]}, of lines that say what it cannot listen on and why. */
    String FAULTS = "weir.export.faults";

    /** The service property, a {@code Long}, of the time that it may take to end, in milliseconds. */
    String STOP_MILLIS = "weir.export.stop-millis";

    /**
     * {@return how many clients use a drive at the moment; 0 if there is no such drive}
     *
     * @param drive its name
     */
    int clients(String drive);

    /**
     * {@return the URIs at which clients reach a drive, one for each address}
     *
     * @param drive its name
     */
    List<String> uris(String drive);

    /** {@return what clients may take, and have at the moment} */
    ExportBounds bounds();
}
