package dev.weir.config.saved;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Merges changes into settings by the rules of RFC 7396: blocks merge, null removes, all else replaces. */
public final class SettingsMerge {
    private SettingsMerge() {}

    /**
     * Merges a value at a path.
     *
     * @param value a string, number, boolean, list or map, or null, which removes the setting
     * @throws com.typesafe.config.ConfigException if the value has another type
     */
    public static ConfigObject merged(ConfigObject settings, String path, @Nullable Object value) {
        Config config = settings.toConfig();
        if (value == null) {
            return config.withoutPath(path).root();
        }
        if (!(value instanceof Map) && !(value instanceof ConfigObject)) {
            return config.withValue(path, ConfigValueFactory.fromAnyRef(value)).root();
        }
        ConfigObject result = config.hasPathOrNull(path) && config.getValue(path) instanceof ConfigObject
                ? settings
                : config.withValue(path, ConfigValueFactory.fromMap(Map.of())).root();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
            String key = path + "." + ConfigUtil.quoteString(String.valueOf(entry.getKey()));
            result = merged(result, key, withoutNull(entry.getValue()));
        }
        return result;
    }

    private static @Nullable Object withoutNull(@Nullable Object value) {
        return value instanceof ConfigValue element && element.valueType() == ConfigValueType.NULL ? null : value;
    }
}
