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
 * Tells when files have become others than they were when they were read: by what is in them, so neither a new date
 * nor another file by the same name and content is a change. Only regular files are watched; what is read once, as a
 * pipe, stays as it was.
 *
 * <p>Not thread-safe.
 */
final class FileWatch {
    private static final ByteBuffer ABSENT = ByteBuffer.allocate(0);

    /** What was in each file when it was read. */
    private Map<Path, ByteBuffer> read = Map.of();

    /** What was in them when that was last looked at. */
    private Map<Path, ByteBuffer> seen = Map.of();

    /** To be called before the files are read: what is written from now on is a change. */
    void begin() {
        read = look(read.keySet());
        seen = read;
    }

    /**
     * Says which files were read; there need be none of that name yet.
     *
     * @param complete whether those are all, for a reading that fails does not come to all of them
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

    /** Whether any file has changed, and none since this was last asked: half of a file is not worth reading. */
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
            // larger than what is read: its date has to do
            return attributes.size() > ReadFiles.MAX_BYTES
                    ? UTF_8.encode(attributes.size() + " " + attributes.lastModifiedTime())
                    : ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException e) {
            return ABSENT;
        }
    }
}
