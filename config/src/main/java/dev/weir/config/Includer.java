package dev.weir.config;

import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Includes as HOCON does, save for two things that HOCON passes over in silence: a file that is there and cannot
 * be read is an error, and one that is not there is told of. It notes which files were looked for.
 */
final class Includer implements ConfigIncluder, ConfigIncluderFile {
    private static final List<String> ENDINGS = List.of("", ".conf", ".json", ".properties");

    private final Set<Path> files;
    private final Consumer<String> missing;
    private @Nullable ConfigIncluder fallback;

    /**
     * Makes an includer for one reading.
     *
     * @param files where to put the files that are looked for, whether they are there or not
     * @param missing is told the name of each file that is not there and need not be
     */
    Includer(Set<Path> files, Consumer<String> missing) {
        this.files = files;
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
        note(folder(context), name);
        boolean exists = exists(name, file -> {
            var found = context.relativeTo(file);
            return found != null && found.origin().filename() != null;
        });
        return told(name, exists, standard.include(strictIf(exists, context), name));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        ConfigIncluderFile standard = (ConfigIncluderFile) Objects.requireNonNull(fallback);
        note("", file.getPath());
        boolean exists = exists(file.getPath(), name -> new File(name).exists());
        return told(file.getPath(), exists, standard.includeFile(strictIf(exists, context), file));
    }

    /** Returns the folder that names start from; nothing but the file in it that is the folder itself tells. */
    private static String folder(ConfigIncludeContext context) {
        ConfigParseable itself = context.relativeTo(".");
        String name = itself == null ? null : itself.origin().filename();
        return name == null ? "" : name;
    }

    private void note(String folder, String name) {
        try {
            ENDINGS.forEach(ending -> files.add(
                    Path.of(folder).resolve(name + ending).toAbsolutePath().normalize()));
        } catch (InvalidPathException e) {
            // an address, or no name of a file at all
        }
    }

    private static boolean exists(String name, Predicate<String> exists) {
        return ENDINGS.stream().anyMatch(ending -> exists.test(name + ending));
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
