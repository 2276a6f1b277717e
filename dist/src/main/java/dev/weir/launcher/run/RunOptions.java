package dev.weir.launcher.run;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options of {@code run}.
 *
 * @param config configuration file; null for the default
 * @param drives drives in QEMU's form, such as {@code id=a,memory=1M}
 * @param listen addresses for NBD clients; empty for those of the configuration
 * @param noShell whether a terminal gets no shell
 */
public record RunOptions(@Nullable Path config, List<String> drives, List<String> listen, boolean noShell) {

    /** Returns the options as framework properties for the bundles. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("weir.cwd", Path.of("").toAbsolutePath().toString());
        if (config != null) {
            settings.put("weir.config.file", config.toAbsolutePath().toString());
        }
        number(settings, "weir.drive.", drives);
        number(settings, "weir.listen.", listen);
        return settings;
    }

    private static void number(Map<String, String> settings, String prefix, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            settings.put(prefix + i, values.get(i));
        }
    }
}
