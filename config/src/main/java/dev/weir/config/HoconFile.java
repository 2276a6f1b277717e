package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses a HOCON file with its includes. Files, bytes, include depth and expansion are bounded. A substitution can
 * also name an environment variable; system properties are not read.
 */
final class HoconFile {
    private static final Pattern LINE = Pattern.compile("(\\d+)(?:-\\d+)?: (.*)", Pattern.DOTALL);

    private final FileSource source;
    private final Findings findings;
    private final ReadFiles files;
    private final PipeText pipe;

    private HoconFile(FileSource source, Findings findings, ReadFiles files, PipeText pipe) {
        this.source = source;
        this.findings = findings;
        this.files = files;
        this.pipe = pipe;
    }

    /**
     * Returns the block {@code weir} of a file. Unresolved substitutions stay in it and are reported when they are
     * read. If the whole file is unreadable then the error is reported and the block is unset.
     *
     * @param watched receives each file that was looked for, even a missing one
     * @param pipe cache of a pipe's text between readings
     */
    static Setting read(FileSource source, Findings findings, Set<Path> watched, PipeText pipe) {
        HoconFile file = new HoconFile(source, findings, new ReadFiles(watched), pipe);
        ConfigValue weir = null;
        try {
            weir = file.block();
        } catch (ConfigException e) {
            file.report(e);
        } catch (IOException e) {
            findings.fault(new Place(0, source.file().toString(), 0), String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            findings.fault(source.place(), "is nested too deeply");
        }
        return Setting.root(source, findings, weir, source.place());
    }

    private @Nullable ConfigValue block() throws IOException {
        Config parsed = parse();
        String excess = Expansion.excess(parsed);
        if (excess != null) {
            findings.fault(
                    source.place(),
                    "substitutions expand %s to more than %d MiB"
                            .formatted(excess.isEmpty() ? "it" : Findings.shown(excess), Expansion.MAX_SIZE >> 20));
            return null;
        }
        ConfigValue weir = parsed.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true))
                .root()
                .get("weir");
        if (weir == null && !findings.hasFaults()) {
            findings.fault(source.place(), "the block weir { … } is missing");
        }
        if (weir instanceof ConfigObject block) {
            warnOfRepetitions(block);
        }
        return weir;
    }

    private void warnOfRepetitions(ConfigObject weir) {
        Set<String> names = names(weir);
        files.texts().forEach((file, text) -> RepeatedBlocks.of(text, names).forEach(again -> {
            List<String> path = again.path();
            String name = ConfigUtil.joinPath(path.subList(Math.max(0, path.size() - 2), path.size()));
            findings.warn(
                    source.place(file.toString(), again.line()),
                    "%s: is also defined at %s; the blocks are merged and the later values hold"
                            .formatted(Findings.shown(name), source.place(file.toString(), again.before())));
        }));
    }

    /** Returns the names of the drives and groups. Returns none if they depend on an unset key. */
    private static Set<String> names(ConfigObject weir) {
        Set<String> names = new HashSet<>();
        try {
            for (String parent : RepeatedBlocks.PARENTS) {
                if (weir.get(parent) instanceof ConfigObject block) {
                    names.addAll(block.keySet());
                }
            }
        } catch (ConfigException.NotResolved e) {
            return Set.of(); // reported where the key is read
        }
        return names;
    }

    private Config parse() throws IOException {
        Path file = source.file();
        files.watch(file);
        if (!Files.exists(file)) {
            throw new IOException("no such file");
        }
        Includer includer = new Includer(source, files, findings);
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setAllowMissing(false)
                .setClassLoader(HoconFile.class.getClassLoader())
                .appendIncluder(includer);
        if (!Files.isRegularFile(file) && !Files.isDirectory(file)) {
            return includer.parse(file, pipe.read(file), options);
        }
        pipe.forget();
        return includer.parse(file, options);
    }

    /**
     * Reports a parse error. Its line is parsed from the message ({@code FILE: LINE: …}), because the exception's
     * origin may lack it.
     */
    private void report(ConfigException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
        String name = files.texts().keySet().stream()
                .map(Path::toString)
                .filter(file -> message.startsWith(file + ": "))
                .findFirst()
                .orElse(message.startsWith(source.file() + ": ") ? source.file().toString() : null);
        boolean cycle = e instanceof ConfigException.UnresolvedSubstitution;
        String kind = e instanceof ConfigException.Parse && !cycle ? "is not HOCON: " : "";
        if (name == null) {
            findings.fault(source.place(), kind + Findings.shown(message));
            return;
        }
        String rest = message.substring(name.length() + 2);
        Matcher form = LINE.matcher(rest);
        boolean hasLine = form.matches();
        int line = hasLine ? Integer.parseInt(form.group(1)) : 0;
        String reason = hasLine ? form.group(2) : rest;
        SyntaxHint hint = kind.isEmpty()
                ? SyntaxHint.none(reason, line)
                : SyntaxHint.of(Path.of(name), files.texts().getOrDefault(Path.of(name), ""), reason, line);
        findings.fault(source.place(name, hint.line()), kind + hint.text());
    }
}
