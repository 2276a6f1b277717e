package dev.weir.config;

import dev.weir.drive.definition.Definitions;
import dev.weir.drive.settings.ConfigurationSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/**
 * The service registration of a configuration. It begins with the first reading, so that a user of the service finds
 * the errors or the drives.
 *
 * <p>Thread-safe.
 */
final class PublishedSource {
    private final BundleContext context;
    private final ConfigurationSource source;
    private @Nullable ServiceRegistration<?> registration;
    private boolean closed;

    PublishedSource(BundleContext context, ConfigurationSource source) {
        this.context = context;
        this.source = source;
    }

    synchronized boolean isPublished() {
        return registration != null;
    }

    /** Registers the service or changes its properties. No effect after {@link #close}. */
    synchronized void publish(Map<String, ?> properties) {
        if (closed) {
            return;
        }
        if (registration == null) {
            String[] services = {ConfigurationSource.class.getName(), Definitions.class.getName()};
            registration = context.registerService(services, source, FrameworkUtil.asDictionary(properties));
        } else {
            registration.setProperties(FrameworkUtil.asDictionary(properties));
        }
    }

    synchronized void close() {
        closed = true;
        if (registration != null) {
            registration.unregister();
            registration = null;
        }
    }
}
