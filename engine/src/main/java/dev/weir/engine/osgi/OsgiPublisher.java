package dev.weir.engine.osgi;

import dev.weir.engine.Publisher;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers the engine's services with OSGi. Thread-safe. */
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.Drive\"",
        effective = "active")
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.control.DriveControl\"",
        effective = "active")
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.control.GroupControl\"",
        effective = "active")
final class OsgiPublisher implements Publisher {
    private final BundleContext context;

    OsgiPublisher(BundleContext context) {
        this.context = context;
    }

    @Override
    public <S> Publication publish(Class<S> type, S service, Map<String, ?> properties) {
        ServiceRegistration<S> registration = context.registerService(type, service, dictionary(properties));
        return new Publication() {
            @Override
            public void update(Map<String, ?> newProperties) {
                registration.setProperties(dictionary(newProperties));
            }

            @Override
            public void withdraw() {
                registration.unregister();
            }
        };
    }

    @SuppressWarnings("JdkObsolete") // OSGi's interface
    private static Dictionary<String, ?> dictionary(Map<String, ?> properties) {
        return new Hashtable<>(properties);
    }
}
