package dev.weir.drive.settings;

import dev.weir.cluster.ClusterScope;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a group of drives. In Configuration Admin they are a factory configuration {@code weir.group~NAME}.
 * The property {@code weir.group.name} is required. {@code policy}, {@code parent}, {@code weight}, {@code min.bps},
 * {@code min.iops} and {@code limits.KEY} (numbers are {@link Long}) are optional. {@code cluster.hosts}, {@code
 * cluster.weight}, {@code cluster.total-weight} and {@code cluster.on-partition} make it a group of a cluster.
 *
 * <p>Immutable.
 *
 * @param name the name of the group
 * @param policy the type of the policy such as {@code bucket}
 * @param limits the limits that its drives and the drives of the groups below it share
 * @param parent the group whose limits apply beside its own; null for none
 * @param share the share in the limits of the parent and above
 * @param cluster the part of this host in the limits, which all hosts of a cluster share; null for a group of this host
 */
public record GroupSettings(
        String name,
        String policy,
        ThrottleLimits limits,
        @Nullable String parent,
        Share share,
        @Nullable ClusterScope cluster) {

    /** The factory PID of groups. */
    public static final String PID = "weir.group";

    /** Property: the name of the group. */
    public static final String NAME = "weir.group.name";

    private static final String PARENT = "parent";

    /**
     * Makes the settings of a group of this host.
     *
     * @param name the name of the group
     * @param policy the type of the policy
     * @param limits the limits that its drives share
     * @param parent the group whose limits apply beside its own; null for none
     * @param share the share in the limits of the parent and above
     */
    public GroupSettings(String name, String policy, ThrottleLimits limits, @Nullable String parent, Share share) {
        this(name, policy, limits, parent, share, null);
    }

    /**
     * Makes the settings of a group without a parent.
     *
     * @param name the name of the group
     * @param policy the type of the policy
     * @param limits the limits that its drives share
     */
    public GroupSettings(String name, String policy, ThrottleLimits limits) {
        this(name, policy, limits, null, Share.DEFAULT);
    }

    /**
     * {@return the PID of the configuration of a group}
     *
     * @param group the name of the group
     */
    public static String pid(String group) {
        return PID + "~" + group;
    }

    /**
     * {@return the settings in the properties of a configuration; unknown properties are ignored}
     *
     * @param properties the properties of the configuration
     * @throws IllegalArgumentException if a property is missing, of the wrong type or out of range
     */
    public static GroupSettings of(Map<String, ?> properties) {
        Object parent = properties.get(PARENT);
        return new GroupSettings(
                SettingsProperties.text(properties, NAME),
                SettingsProperties.policy(properties),
                SettingsProperties.limits(properties),
                parent == null ? null : parent.toString(),
                SettingsProperties.share(properties),
                ClusterProperties.read(properties));
    }

    /** {@return the properties of a configuration with these settings} */
    public Map<String, Object> toProperties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(NAME, name);
        if (parent != null) {
            properties.put(PARENT, parent);
        }
        properties.putAll(share.toMap());
        if (cluster != null) {
            ClusterProperties.put(properties, cluster);
        }
        SettingsProperties.put(properties, policy, limits);
        return properties;
    }
}
