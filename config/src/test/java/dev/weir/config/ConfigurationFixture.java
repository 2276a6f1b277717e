package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The component with a real Configuration Admin and service registry. */
abstract class ConfigurationFixture {
    static final String TWO_DRIVES =
            """
            weir {
              groups.g.limits.iops = 100
              drives {
                a { backend { type = memory, size = 1M }, limits.bps = 4M, group = g }
                b { backend { type = memory, size = 2M } }
              }
            }
            """;

    final ConfigFolder folder;
    private final FelixFramework felix;
    final BundleContext context;
    final ConfigurationAdmin admin;

    ConfigurationFixture(@TempDir Path temporary) throws Exception {
        this(temporary, Path.of("/home/weir"));
    }

    ConfigurationFixture(Path temporary, Path home) throws Exception {
        folder = new ConfigFolder(temporary);
        felix = new FelixFramework(
                temporary.resolve("felix"),
                Map.of(
                        "weir.home",
                        home.toString(),
                        "weir.cwd",
                        "/cwd",
                        "weir.config.file",
                        folder.file().toString(),
                        "weir.drive.0",
                        "id=option,file=x.img",
                        HoconConfiguration.POLL,
                        "0"));
        context = felix.context();
        admin = felix.configurationAdmin();
    }

    @AfterEach
    void stop() throws Exception {
        felix.stop();
    }

    HoconConfiguration component(ConfigurationAdmin configurationAdmin) {
        HoconConfiguration component = new HoconConfiguration(context, configurationAdmin);
        addBackend(component, TestTypes.FILE);
        addBackend(component, TestTypes.MEMORY);
        component.addPolicy(reference(ThrottlePolicyFactory.class, TestTypes.BUCKET), TestTypes.BUCKET);
        return component;
    }

    void addBackend(HoconConfiguration component, BlockBackendFactory factory) {
        component.addBackend(reference(BlockBackendFactory.class, factory), factory);
    }

    <T> ServiceReference<T> reference(Class<T> type, T service) {
        return context.registerService(type, service, null).getReference();
    }

    /** Writes a file and starts the component with it. */
    HoconConfiguration start(String text) {
        folder.write("weir.conf", text);
        HoconConfiguration component = component(admin);
        component.start();
        return component;
    }

    /** Returns the change count of each configuration by PID. */
    Map<String, Long> changeCounts() throws Exception {
        Map<String, Long> counts = new TreeMap<>();
        Configuration[] all = admin.listConfigurations(null);
        for (Configuration configuration : all == null ? new Configuration[0] : all) {
            counts.put(configuration.getPid(), configuration.getChangeCount());
        }
        return counts;
    }

    Map<String, Object> properties(String pid) throws IOException {
        return FrameworkUtil.asMap(admin.getConfiguration(pid, "?").getProperties());
    }

    List<String> outcome(String property) {
        ServiceReference<?> reference = context.getServiceReference(ConfigurationSource.class);
        return List.of((String[]) Objects.requireNonNull(reference).getProperty(property));
    }
}
