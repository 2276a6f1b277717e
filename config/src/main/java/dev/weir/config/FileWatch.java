package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Detects changes of configuration files by content, so a new modification time alone is no change. Only the
 * modification time and size of a file above {@link ReadFiles#MAX_BYTES} are compared. Only regular files are
 * watched; a pipe is read once.
 *
 * <p>Not thread-safe.
 */
final class FileWatch {
    private static final ByteBuffer ABSENT = ByteBuffer.allocate(0);

    /** Content of each file at the last reading. */
    private Map<Path, ByteBuffer> read = Map.of();

    /** Content of each file at the last look. */
    private Map<Path, ByteBuffer> seen = Map.of();

    /** Begins a reading. Must be called before the files are read, so that later writes count as changes. */
    void begin() {
        read = look(read.keySet());
        seen = read;
    }

    /**
     * Ends a reading and sets the watched files. A watched file may be missing.
     *
     * @param complete whether these are all files; a failed reading keeps the earlier ones as well
     */
    void end(Set<Path> files, boolean complete) {
        Set<Path> watched = new HashSet<>(files);
        if (!complete) {
            watched.addAll(read.keySet());
        }
        Map<Path, ByteBuffer> contents = look(watched);
        contents.replaceAll((file, content) -> read.getOrDefault(file, content));
        read = contents;
        seen = contents;
    }

    /**
     * Returns whether a file has changed since the reading and none since the last call. The second condition avoids
     * half-written files.
     */
    boolean hasSettled() {
        Map<Path, ByteBuffer> before = seen;
        seen = look(read.keySet());
        return !seen.equals(read) && seen.equals(before);
    }

    private static Map<Path, ByteBuffer> look(Set<Path> files) {
        Map<Path, ByteBuffer> contents = new HashMap<>();
        files.forEach(file -> contents.put(file, content(file)));
        return contents;
    }

    private static ByteBuffer content(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return ABSENT;
            }
            // too large to be read: size and time stand in for the content
            return attributes.size() > ReadFiles.MAX_BYTES
                    ? UTF_8.encode(attributes.size() + " " + attributes.lastModifiedTime())
                    : ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            return ABSENT;
        }
    }
}
