package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Resolves HOCON includes. It differs from Typesafe Config's default in four ways:
 *
 * <ul>
 *   <li>a relative name starts from the folder of the including file;
 *   <li>an unreadable file is an error;
 *   <li>a missing file is a warning, or an error if the include is {@code required};
 *   <li>URLs and class-path resources are errors.
 * </ul>
 */
final class Includer implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private static final List<String> ENDINGS = List.of(".conf", ".json", ".properties");

    private static final int DEEPEST = 50;

    private final FileSource source;
    private final ReadFiles files;
    private final Findings findings;

    /** The files that are being parsed, the innermost last. */
    private final Deque<Path> open = new ArrayDeque<>();

    Includer(FileSource source, ReadFiles files, Findings findings) {
        this.source = source;
        this.files = files;
        this.findings = findings;
    }

    /** Ignores the fallback, because this includer handles every kind of include. */
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String name) {
        return isUrl(name) ? refused(name, "URLs are not read; fetch it into a file first") : file(context, name);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File file) {
        return file(context, file.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL url) {
        return refused(url.toString(), "URLs are not read; fetch it into a file first");
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String name) {
        return refused(name, "the class path is not read; name a file");
    }

    private static boolean isUrl(String name) {
        try {
            return !new URL(name).getProtocol().isEmpty();
        } catch (MalformedURLException e) {
            return false;
        }
    }

    private ConfigObject refused(String name, String rule) {
        findings.fault(place(name), "include " + Findings.shown(name) + ": " + rule);
        return ConfigFactory.empty().root();
    }

    private ConfigObject file(ConfigIncludeContext context, String name) {
        Path path;
        try {
            path = folder().resolve(name).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            return refused(name, "must be a path: " + e.getReason());
        }
        List<Path> found = existing(path);
        if (found.isEmpty()) {
            reportMissing(context, name, path);
        }
        ConfigObject all = ConfigFactory.empty().root();
        for (Path file : found) {
            if (open.size() >= DEEPEST) {
                return refused(
                        name, Findings.shown(file.toString()) + " is included more than " + DEEPEST + " files deep");
            }
            try {
                all = all.withFallback(parse(file, context.parseOptions()).root());
            } catch (IOException e) {
                return refused(name, Findings.shown(file.toString()) + " " + e.getMessage());
            }
        }
        return all;
    }

    /**
     * Parses a file with its includes.
     *
     * @throws IOException if the file may not be read; the message is the violated rule
     */
    Config parse(Path file, ConfigParseOptions options) throws IOException {
        return parse(file, files.read(file), options);
    }

    /** Parses the text of a file with its includes. */
    Config parse(Path file, String text, ConfigParseOptions options) {
        open.addLast(file);
        try {
            return ConfigFactory.parseString(
                    text, options.setOriginDescription(file.toString()).setSyntax(syntax(file)));
        } finally {
            open.removeLast();
        }
    }

    private static @Nullable ConfigSyntax syntax(Path file) {
        String name = file.toString();
        return name.endsWith(".json")
                ? ConfigSyntax.JSON
                : name.endsWith(".properties") ? ConfigSyntax.PROPERTIES : ConfigSyntax.CONF;
    }

    private void reportMissing(ConfigIncludeContext context, String name, Path path) {
        String text = "include %s: no such file (%s)".formatted(Findings.shown(name), Findings.shown(path.toString()));
        if (context.parseOptions().getAllowMissing()) {
            findings.warn(place(name), text + "; the include is skipped");
        } else {
            findings.fault(place(name), text);
        }
    }

    /**
     * Returns the file of this name. Without one it returns the files with HOCON's endings in order of precedence.
     */
    private List<Path> existing(Path path) {
        List<Path> candidates = Stream.concat(Stream.of(path), ENDINGS.stream().map(e -> Path.of(path + e)))
                .toList();
        candidates.forEach(files::watch);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            return List.of(path);
        }
        List<Path> withEnding =
                candidates.stream().skip(1).filter(Files::exists).toList();
        return withEnding.isEmpty() && Files.exists(path) ? List.of(path) : withEnding;
    }

    /** Returns the base folder of an include: that of the file being parsed. */
    private Path folder() {
        return Objects.requireNonNullElse(open.getLast().getParent(), source.folder());
    }

    /**
     * Returns the place of an include. It searches the files of the folder, because Typesafe Config does not report
     * places.
     */
    private Place place(String name) {
        return findings.isFull() ? source.place() : IncludeLine.find(folder(), name, files.texts(), source);
    }
}
