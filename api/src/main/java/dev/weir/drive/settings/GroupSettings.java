package dev.weir.drive.settings;

import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a group of drives is configured with. In Configuration Admin it is a factory configuration
 * {@code weir.group~NAME} with the properties {@code weir.group.name}, {@code policy} and
 * {@code limits.KEY} ({@link Long}); all but the first may be absent.
 *
 * @param name the group's name
 * @param policy the type of its policy, for example {@code bucket}
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
