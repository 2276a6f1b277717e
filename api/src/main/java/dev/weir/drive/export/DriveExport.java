package dev.weir.drive.export;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Serves every {@code Drive} service to clients over a network protocol. Published as a service while it listens. The
 * properties are {@link #ADDRESSES}, {@link #URIS}, {@link #FAULTS} and {@link #WARNINGS}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface DriveExport {

    /** Service property (a {@code String[]}): the addresses as {@code unix:/path} or {@code tcp:host:port}. */
    String ADDRESSES = "weir.export.addresses";

    /** Service property (a {@code String[]}): a URI for each address; append the name of a drive to its path. */
    String URIS = "weir.export.uris";

    /** Service property (a {@code String[]}): a line with the reason for each address on which it cannot listen. */
    String FAULTS = "weir.export.faults";

    /** Service property (a {@code String[]}): a line for each address that some of its users cannot reach. */
    String WARNINGS = "weir.export.warnings";

    /** Service property (a {@code Long}): the time that a stop may take (ms). */
    String STOP_MILLIS = "weir.export.stop-millis";

    /**
     * {@return the number of clients that use a drive now; 0 for an unknown drive}
     *
     * @param drive the name of the drive
     */
    int clients(String drive);

    /**
     * {@return the URIs of a drive with one for each address}
     *
     * @param drive the name of the drive
     */
    List<String> uris(String drive);

    /**
     * Checks a configuration without applying it.
     *
     * @param configuration properties of this export's configuration
     * @return the reason by property for each file that cannot be used, such as the key of a certificate; empty if the
     *     configuration can be applied
     */
    Map<String, String> faults(Map<String, ?> configuration);

    /** {@return the quotas of clients and their current use} */
    ExportBounds bounds();
}
