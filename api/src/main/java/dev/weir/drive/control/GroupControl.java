package dev.weir.drive.control;

import dev.weir.drive.settings.GroupSettings;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A configured group of drives as an operator sees it. It is a service from when the group is configured until it
 * is removed, with its name as the property {@link GroupSettings#NAME}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface GroupControl {

    /** {@return the name by which drives and operators know it} */
    String name();

    /** {@return how the group stands; all of it at one moment} */
    GroupSnapshot snapshot();
}
