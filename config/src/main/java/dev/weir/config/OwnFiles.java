package dev.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weir's own files. A command must not make a drive of them, because its client could then write tokens, definitions or
 * code. The default configuration file is one of them also while another one is in use, because a later start may use
 * it.
 *
 * @param home folder of all state
 * @param files absolute paths of the files that the configuration in use consists of: the file, its includes, keys
 */
record OwnFiles(Path home, Collection<Path> files) {
    static final String RULE = "is a file of Weir itself; choose another path";

    private static final List<String> NAMES = List.of(
            "debts", "debts.new", "deploy", "felix-cache", "log", "run", "tokens", "tokens.new", "weir.conf", "weir.d");

    /**
     * Returns the first path of an own file among a value and its nested values; null for none. May block. The files of
     * TLS are only read, so a drive may share them with Weir.
     */
    @Nullable
    String find(@Nullable Object value) {
        if (value instanceof Map<?, ?> block) {
            return find(block.entrySet().stream()
                    .filter(entry -> !String.valueOf(entry.getKey()).startsWith("tls-"))
                    .map(Map.Entry::getValue)
                    .toList());
        } else if (value instanceof Collection<?> list) {
            for (Object each : list) {
                String own = find(each);
                if (own != null) {
                    return own;
                }
            }
        }
        return value instanceof String text && isOwn(text) ? text : null;
    }

    private boolean isOwn(String text) {
        try {
            Path path = real(home.resolve(text));
            Path base = real(home);
            return NAMES.stream().anyMatch(name -> path.startsWith(base.resolve(name)))
                    || files.stream().anyMatch(file -> path.equals(real(file)));
        } catch (InvalidPathException e) {
            return false; // the backend refuses it
        }
    }

    /** Returns a path without links, also if its end does not exist yet. */
    private static Path real(Path path) {
        Path end = path.normalize();
        @Nullable Path known = path;
        while (known != null && !Files.exists(known)) {
            known = known.getParent();
        }
        try {
            return known == null
                    ? end
                    : known.toRealPath().resolve(known.relativize(path)).normalize();
        } catch (IOException e) {
            return end;
        }
    }
}
