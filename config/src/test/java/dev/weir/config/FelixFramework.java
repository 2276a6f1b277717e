package dev.weir.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A framework with the distribution's Configuration Admin and no other bundle. The tests stand in for the other
 * bundles.
 */
final class FelixFramework {
    private final Framework framework;

    FelixFramework(Path storage, Map<String, String> properties) throws BundleException {
        Map<String, String> all = new HashMap<>(properties);
        all.put("org.osgi.framework.storage", storage.toString());
        all.put("org.osgi.framework.system.packages.extra", "org.osgi.service.cm;version=1.6.1");
        all.put("felix.cm.pm", "memory");
        framework = new FrameworkFactory().newFramework(all);
        framework.start();
        String configAdmin = org.apache.felix.cm.PersistenceManager.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        context().installBundle(configAdmin).start();
    }

    BundleContext context() {
        return Objects.requireNonNull(framework.getBundleContext());
    }

    ConfigurationAdmin configurationAdmin() {
        return service(ConfigurationAdmin.class);
    }

    <T> T service(Class<T> type) {
        return Objects.requireNonNull(context().getService(context().getServiceReference(type)));
    }

    void stop() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(10_000);
    }
}
