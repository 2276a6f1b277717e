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

    /** The property that holds the group's name. */
    public static final String NAME = "weir.group.name";

    /**
     * {@return the PID of a group's configuration}
     *
     * @param group its name
     */
    public static String pid(String group) {
        return PID + "~" + group;
    }

    /**
     * {@return the settings that a configuration's properties say; other properties are passed over}
     *
     * @param properties of the configuration
     * @throws IllegalArgumentException if a property is missing, of the wrong type or out of range
     */
    public static GroupSettings of(Map<String, ?> properties) {
        return new GroupSettings(
                SettingsProperties.text(properties, NAME),
                SettingsProperties.policy(properties),
                SettingsProperties.limits(properties));
    }

    /** {@return these settings as the properties of a configuration} */
    public Map<String, Object> toProperties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(NAME, name);
        SettingsProperties.put(properties, policy, limits);
        return properties;
    }
}
