package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a HOCON file with its includes; of the environment it takes what substitutions ask for, and nothing else. */
final class HoconFile {
    private static final Pattern LINE = Pattern.compile("(\\d+)(?:-\\d+)?: (.*)", Pattern.DOTALL);

    private HoconFile() {}

    /**
     * Returns the block {@code weir} of a file. Substitutions that lead nowhere stay in it, and are faults where
     * they are read. Where the file as a whole cannot be read, that is reported and the block is not set.
     *
     * @param files where to put the files that are looked for, whether they are there or not
     */
    static Setting read(FileSource source, Findings findings, Set<Path> files) {
        files.add(source.file());
        Place place = source.place();
        String fault = unreadable(source.file());
        if (fault != null) {
            findings.fault(new Place(0, source.file().toString(), 0), fault);
            return Setting.root(source, findings, null, place);
        }
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setAllowMissing(false)
                .setClassLoader(HoconFile.class.getClassLoader())
                .appendIncluder(new Includer(
                        files,
                        name -> findings.warn(
                                place,
                                "include \"" + Findings.shown(name) + "\": there is no such file; it is left out")));
        ConfigValue weir = null;
        try {
            Config config = ConfigFactory.parseFile(source.file().toFile(), options)
                    .resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
            weir = config.root().get("weir");
            if (weir == null) {
                findings.fault(place, "there is no block weir { … }");
            }
        } catch (ConfigException e) {
            report(e, source, findings);
        } catch (StackOverflowError e) {
            findings.fault(place, "is nested too deeply");
        }
        return Setting.root(source, findings, weir, place);
    }

    private static @Nullable String unreadable(Path file) {
        if (!Files.exists(file)) {
            return "no such file";
        }
        if (Files.isDirectory(file)) {
            return "is a directory, not a file";
        }
        return Files.isReadable(file) ? null : "cannot be read: permission denied";
    }

    /** Typesafe Config puts FILE: LINE: before its messages, but does not always say the line otherwise. */
    private static void report(ConfigException e, FileSource source, Findings findings) {
        ConfigOrigin origin = e.origin();
        String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
        String name = origin == null ? null : origin.filename();
        boolean cycle = e instanceof ConfigException.UnresolvedSubstitution;
        String kind = e instanceof ConfigException.Parse && !cycle ? "is not HOCON: " : "";
        if (name == null || !message.startsWith(name + ": ")) {
            findings.fault(source.place(), kind + Findings.shown(message));
            return;
        }
        String rest = message.substring(name.length() + 2);
        Matcher line = LINE.matcher(rest);
        boolean hasLine = line.matches();
        findings.fault(
                source.place(name, hasLine ? Integer.parseInt(line.group(1)) : 0),
                kind + Findings.shown(hasLine ? line.group(2) : rest));
    }
}
