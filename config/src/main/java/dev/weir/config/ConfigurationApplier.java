package dev.weir.config;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Writes a reading to Configuration Admin and changes only configurations that differ. The applier is stateless: each
 * call compares the desired state with the stored state and so repairs earlier failures (see {@code
 * docs/design/decisions/010-configuration.md}). Confined to one thread at a time.
 */
final class ConfigurationApplier {
    /** PID of the NBD server's configuration. */
    static final String NBD_PID = "weir.nbd";

    /** PID of the metrics endpoint's configuration. It exists only while metrics are enabled. */
    static final String METRICS_PID = "weir.metrics";

    private static final String METRICS = "metrics";

    /** PID of the HTTP API's configuration. It exists only while the API has addresses. */
    static final String CONTROL_PID = "weir.control";

    private static final String CONTROL = "control";

    /** PID of the configuration of the cluster. It exists only while the block {@code cluster} does. */
    static final String CLUSTER_PID = "weir.cluster";

    private static final String CLUSTER = "cluster";

    /**
     * Property for the listen addresses: a {@code String[]} for the NBD server and a {@link String} for the endpoint.
     */
    static final String LISTEN = "listen";

    /** Bundle location that lets every bundle receive the configuration. */
    private static final String ANYWHERE = "?";

    /**
     * Property that marks configurations of this bundle. A marked configuration is deleted when its key is removed.
     */
    private static final String SOURCE = "weir.source";

    private static final String SOURCE_VALUE = "weir-config";

    private final ConfigurationAdmin admin;

    ConfigurationApplier(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    /**
     * Applies a reading. Groups are set before the drives that need them and deleted after these. Drives are deleted
     * before others are set because a new drive may use the same image.
     *
     * @return one line per change: {@code added drive vm1}, {@code changed group tenant-a}, {@code removed metrics}
     * @throws IOException if Configuration Admin cannot store a change; earlier changes stay applied
     */
    List<String> apply(Reading reading) throws IOException {
        List<String> changes = new ArrayList<>();
        Set<String> kept = new HashSet<>();
        for (GroupSettings group : reading.groups()) {
            update(GroupSettings.PID, group.name(), group.toProperties(), changes);
            kept.add(GroupSettings.pid(group.name()));
        }
        for (DriveSettings drive : reading.drives()) {
            kept.add(DriveSettings.pid(drive.name()));
        }
        deleteOthers(DriveSettings.PID, kept, changes);
        for (DriveSettings drive : reading.drives()) {
            update(DriveSettings.PID, drive.name(), drive.toProperties(), changes);
        }
        Map<String, Object> nbd = new HashMap<>(reading.nbd());
        nbd.put(LISTEN, reading.listen().toArray(String[]::new));
        update(admin.getConfiguration(NBD_PID, ANYWHERE), "nbd", nbd, changes);
        String metrics = reading.metrics();
        single(METRICS_PID, METRICS, metrics == null ? null : Map.of(LISTEN, metrics), changes);
        single(CONTROL_PID, CONTROL, reading.control(), changes);
        single(CLUSTER_PID, CLUSTER, reading.cluster(), changes);
        deleteOthers(GroupSettings.PID, kept, changes);
        return changes;
    }

    /** Sets or removes the configuration of a part that may be off. */
    private void single(String pid, String title, @Nullable Map<String, Object> properties, List<String> changes)
            throws IOException {
        if (properties == null) {
            deleteOthers("service.pid", pid, Set.of(), changes);
        } else {
            update(admin.getConfiguration(pid, ANYWHERE), title, properties, changes);
        }
    }

    private void update(String factoryPid, String name, Map<String, Object> properties, List<String> changes)
            throws IOException {
        Configuration configuration = admin.getFactoryConfiguration(factoryPid, name, ANYWHERE);
        update(configuration, title(configuration), properties, changes);
    }

    private static void update(
            Configuration configuration, String title, Map<String, Object> properties, List<String> changes)
            throws IOException {
        boolean isNew = configuration.getProperties() == null;
        Map<String, Object> marked = new HashMap<>(properties);
        marked.put(SOURCE, SOURCE_VALUE);
        if (configuration.updateIfDifferent(FrameworkUtil.asDictionary(marked))) {
            changes.add((isNew ? "added " : "changed ") + title);
        }
    }

    private void deleteOthers(String factoryPid, Set<String> kept, List<String> changes) throws IOException {
        deleteOthers("service.factoryPid", factoryPid, kept, changes);
    }

    private void deleteOthers(String kind, String pid, Set<String> kept, List<String> changes) throws IOException {
        for (Configuration configuration : written(kind, pid)) {
            if (!kept.contains(configuration.getPid())) {
                changes.add("removed " + title(configuration));
                configuration.delete();
            }
        }
    }

    /** Returns the words for a configuration: {@code drive vm1}, {@code group tenant-a}, {@code metrics}. */
    private static String title(Configuration configuration) {
        String pid = configuration.getPid();
        String name = pid.substring(pid.indexOf('~') + 1);
        if (List.of(METRICS_PID, CONTROL_PID, CLUSTER_PID).contains(pid)) {
            return pid.substring("weir.".length());
        }
        return (DriveSettings.pid(name).equals(pid) ? "drive " : "group ") + name;
    }

    private List<Configuration> written(String kind, String pid) throws IOException {
        String filter = "(&(" + kind + "=" + pid + ")(" + SOURCE + "=" + SOURCE_VALUE + "))";
        try {
            Configuration[] found = admin.listConfigurations(filter);
            return found == null
                    ? List.of()
                    : Stream.of(found)
                            .sorted(Comparator.comparing(Configuration::getPid))
                            .toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(filter, e);
        }
    }
}
