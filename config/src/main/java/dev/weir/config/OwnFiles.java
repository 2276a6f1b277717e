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
 * code.
 *
 * @param home folder of all state
 * @param file configuration file; null without one
 */
record OwnFiles(Path home, @Nullable Path file) {
    static final String RULE = "is a file of Weir itself; choose another path";

    private static final List<String> NAMES =
            List.of("debts", "debts.new", "deploy", "felix-cache", "log", "run", "tokens", "tokens.new", "weir.d");

    /** Returns the first path of an own file among a value and its nested values; null for none. May block. */
    @Nullable
    String find(@Nullable Object value) {
        if (value instanceof Map<?, ?> block) {
            return find(block.values());
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
                    || (file != null && path.equals(real(file)));
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
