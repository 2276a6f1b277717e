package dev.weir.cluster.members;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.MemberAddress;
import dev.weir.file.FileStamp;
import dev.weir.file.TrustedFile;
import dev.weir.log.PlainText;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file with one address {@code HOST:PORT} a line, at least one. Blank lines and text after {@code #} do not count.
 * The file is read again after a change. A file with an error is refused as a whole, and the addresses before it stay.
 *
 * <p>Not thread-safe.
 */
final class MemberFile extends RereadEntries {
    private static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private @Nullable FileStamp read;

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
            FileStamp stamp = FileStamp.of(file);
            if (stamp.equals(read)) {
                return last;
            }
            List<String> entries = parse(new String(TrustedFile.read(file, MOST_BYTES), UTF_8));
            read = stamp;
            return entries;
        } catch (NoSuchFileException e) {
            throw new IOException("is missing", e);
        }
    }

    private static List<String> parse(String text) throws IOException {
        Set<String> found = new LinkedHashSet<>();
        int line = 0;
        for (String written : text.split("\n", -1)) {
            line++;
            String entry = written.replaceFirst("#.*", "").strip();
            if (!entry.isEmpty() && MemberAddress.parse(entry) == null) {
                throw new IOException("line " + line + ": \"" + PlainText.of(entry) + "\": " + MemberAddress.RULE);
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
