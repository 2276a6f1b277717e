package dev.weir.cluster.members;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.cluster.ClusterScope;
import dev.weir.file.TrustedFile;
import dev.weir.log.PlainText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file with one address {@code HOST:PORT} a line, at least one. Blank lines and text after {@code #} do not count. The
 * file is read again after a change. A file with an error is refused as a whole, and the addresses before it stay.
 *
 * <p>Not thread-safe.
 */
final class MemberFile extends RereadEntries {
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private @Nullable List<Object> read;

    /**
     * Names a file, which need not exist yet.
     *
     * @param warnings takes a line for each new error
     */
    MemberFile(Path file, Consumer<String> warnings) {
        super("members-file = " + file, warnings);
        this.file = file;
    }

    @Override
    List<String> read(List<String> last) throws IOException {
        try {
            List<Object> state = state();
            if (state.equals(read)) {
                return last;
            }
            List<String> entries = parse(new String(TrustedFile.read(file, MOST_BYTES), UTF_8));
            read = state;
            return entries;
        } catch (NoSuchFileException e) {
            throw new IOException("is missing", e);
        }
    }

    private List<Object> state() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
    }

    private static List<String> parse(String text) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        int line = 0;
        for (String written : text.split("\n", -1)) {
            line++;
            String entry = written.replaceFirst("#.*", "").strip();
            if (!entry.isEmpty() && !Members.isEntry(entry)) {
                throw new IOException("line " + line + ": \"" + PlainText.of(entry) + "\": " + Members.RULE);
            }
            if (!entry.isEmpty()) {
                found.add(entry);
            }
        }
        if (found.isEmpty() || found.size() > ClusterScope.MAX_HOSTS) {
            throw new IOException("has " + found.size() + " addresses; must have from 1 to " + ClusterScope.MAX_HOSTS);
        }
        return List.copyOf(found);
    }
}
