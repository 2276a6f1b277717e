package dev.weir.config;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import java.io.File;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Includes as HOCON does, save for two things that HOCON passes over in silence: a file that is there and cannot
 * be read is an error, and one that is not there is told of.
 */
final class Includer implements ConfigIncluder, ConfigIncluderFile {
    private final Consumer<String> missing;
    private @Nullable ConfigIncluder fallback;

    /**
     * Makes an includer for one reading.
     *
     * @param missing is told the name of each file that is not there and need not be
     */
    Includer(Consumer<String> missing) {
        this.missing = missing;
    }

    /** Takes Typesafe Config's own includer, which does the work. */
    @Override
    public ConfigIncluder withFallback(ConfigIncluder newFallback) {
        fallback = newFallback;
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
        ConfigIncluder standard = Objects.requireNonNull(fallback);
        boolean exists = exists(name, file -> {
            var found = context.relativeTo(file);
            return found != null && found.origin().filename() != null;
        });
        return told(name, exists, standard.include(strictIf(exists, context), name));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        ConfigIncluderFile standard = (ConfigIncluderFile) Objects.requireNonNull(fallback);
        boolean exists = exists(file.getPath(), name -> new File(name).exists());
        return told(file.getPath(), exists, standard.includeFile(strictIf(exists, context), file));
    }

    private static boolean exists(String name, Predicate<String> exists) {
        return Stream.of("", ".conf", ".json", ".properties").anyMatch(ending -> exists.test(name + ending));
    }

    private static ConfigIncludeContext strictIf(boolean exists, ConfigIncludeContext context) {
        return exists ? context.setParseOptions(context.parseOptions().setAllowMissing(false)) : context;
    }

    private ConfigObject told(String name, boolean exists, ConfigObject included) {
        if (!exists && included.isEmpty()) {
            missing.accept(name);
        }
        return included;
    }
}
