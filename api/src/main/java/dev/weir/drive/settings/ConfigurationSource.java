package dev.weir.drive.settings;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The configuration of drives and groups. Published as a service after the first read of the configuration, valid or
 * not. Its properties tell the outcome.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface ConfigurationSource {

    /** Service property (a {@code String[]}): the names of the configured drives. */
    String DRIVES = "weir.config.drives";

    /**
     * Service property (a {@code String[]}): the last applied changes. Each begins with {@code added}, {@code changed}
     * or {@code removed}, such as {@code added drive vm1}, {@code changed group tenant-a} or {@code changed nbd}.
     */
    String CHANGES = "weir.config.changes";

    /**
     * Service property (a {@code String[]}): the names of the running drives whose storage the last applied changes
     * closed and opened again. Their clients were disconnected.
     */
    String REOPENED = "weir.config.reopened";

    /** Service property (a {@code Long}): the time of {@link #CHANGES} (ms since 1970, UTC); 0 before the first. */
    String CHANGED_MILLIS = "weir.config.changed-millis";

    /** Service property (a {@code String[]}): a line for each fault of the last read. */
    String FAULTS = "weir.config.faults";

    /** Service property (a {@code String[]}): a line for each setting that is valid but probably a mistake. */
    String WARNINGS = "weir.config.warnings";

    /**
     * Reads the configuration again and applies the differences. Any fault rejects the whole configuration. A change
     * that would take a running drive out of service is a fault. Drives that could not be opened are tried again.
     * Returns when the engine has applied everything. A live change by a {@code DriveControl} stays unless the
     * configuration has a new value for its key.
     *
     * @return a line for each fault such as {@code weir.conf:14: drives.vm1.limits.bps = -5: must be 0 (no limit) or
     *     more}; empty if the configuration was applied
     */
    List<String> reload();

    /**
     * Returns the origins of the configured settings of a drive or group. The keys are the properties of its
     * configuration such as {@code limits.bps}. A value is a place such as {@code weir.conf:14} or a {@code -drive}
     * option. A missing key has its default. Live changes by a {@code DriveControl} have no origin here.
     *
     * @param pid the PID from {@link DriveSettings#pid} or {@link GroupSettings#pid}
     * @return the origins; empty if another source configured the PID
     */
    Map<String, String> origins(String pid);
}
