package dev.weir.drive.settings;

import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a group of drives. In Configuration Admin they are a factory configuration {@code weir.group~NAME}.
 * The property {@code weir.group.name} is required. {@code policy} and {@code limits.KEY} ({@link Long}) are
 * optional.
 *
 * @param name the name of the group
 * @param policy the type of the policy such as {@code bucket}
 * @param limits the limits that its drives share
 */
public record GroupSettings(String name, String policy, ThrottleLimits limits) {

    /** The factory PID of groups. */
    public static final String PID = "weir.group";

    /** Property: the name of the group. */
    public static final String NAME = "weir.group.name";

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
        return new GroupSettings(
                SettingsProperties.text(properties, NAME),
                SettingsProperties.policy(properties),
                SettingsProperties.limits(properties));
    }

    /** {@return the properties of a configuration with these settings} */
    public Map<String, Object> toProperties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(NAME, name);
        SettingsProperties.put(properties, policy, limits);
        return properties;
    }
}
