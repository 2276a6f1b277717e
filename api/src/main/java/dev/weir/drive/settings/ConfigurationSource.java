package dev.weir.drive.settings;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The configuration of drives and groups. Published as a service after the configuration was first read, valid or
 * not, with the outcome as the properties {@link #DRIVES}, {@link #FAULTS} and {@link #WARNINGS}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface ConfigurationSource {

    /** Service property, a {@code String[]}: the names of the configured drives. */
    String DRIVES = "weir.config.drives";

    /** Service property, a {@code String[]}: a line for each fault of the last read. */
    String FAULTS = "weir.config.faults";

    /** Service property, a {@code String[]}: a line for each setting that is valid but hardly meant. */
    String WARNINGS = "weir.config.warnings";

    /**
     * Reads the configuration again and applies what has changed. If there is any fault, nothing is changed. A change
     * that would take a running drive out of service is a fault. Drives that could not be opened are tried again. Returns when
     * the engine has applied all of it. A change at a {@code DriveControl} stays, except for what has another value in
     * the configuration than before.
     *
     * @return every fault that was found, a line for each, as {@code weir.conf:14: drives.vm1.limits.bps = -5: must be
     *     0 (no limit) or more}; empty if it was applied
     */
    List<String> reload();

    /**
     * Returns the origins of the configured settings of a drive or group: by key as in the properties of its
     * configuration ({@code limits.bps}, {@code policy}, {@code backend.path}), a place such as {@code weir.conf:14}
     * or {@code -drive id=vm1,…}. A missing key has its default. Live changes by a {@code DriveControl} have no
     * origin here.
     *
     * @param pid the PID, as of {@link DriveSettings#pid} and {@link GroupSettings#pid}
     * @return the origins; empty if another source configured the PID
     */
    Map<String, String> origins(String pid);
}
