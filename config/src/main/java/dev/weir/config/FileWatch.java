package dev.weir.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.supervision.BoundedCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Detects changes of configuration files (hot reload) by content when it is polled, so a new modification time alone is
 * no change. Files beyond {@link ReadFiles#MAX_BYTES} in all are compared by size and modification time. Only regular
 * files are watched; a pipe is read once.
 *
 * <p>One folder may be watched by its modification time: by new, renamed and deleted files. A file that is changed in
 * place is no change of it.
 *
 * <p>Not thread-safe.
 */
final class FileWatch {
    private static final long LOOK_MILLIS = 10_000;
    private static final ByteBuffer ABSENT = ByteBuffer.allocate(0);

    private final @Nullable Path folder;

    /** Content of each file at the last reading. */
    private Map<Path, ByteBuffer> read = Map.of();

    /** Content of each file at the reading before the last one. */
    private Map<Path, ByteBuffer> earlier = Map.of();

    /** Content of each file at the last look. */
    private Map<Path, ByteBuffer> seen = Map.of();

    /** Creates a watch without a folder. */
    FileWatch() {
        this(null);
    }

    /** Creates a watch for files and a folder. */
    FileWatch(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Takes the present state of the folder as read, after a change by Weir itself. */
    void accept() {
        if (folder != null) {
            ByteBuffer now = content(folder, 0);
            read.put(folder, now);
            seen.put(folder, now);
        }
    }

    /** Begins a reading. Must be called before the files are read, so that later writes count as changes. */
    void begin() {
        earlier = read;
        read = look(read.keySet());
        seen = read;
    }

    /** Ends a reading that is not applied. A change of a file since the last applied one still counts. */
    void abandon() {
        read = earlier;
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
        // a remote file system may not answer
        seen = BoundedCalls.call(this, LOOK_MILLIS, () -> look(read.keySet()));
        return !seen.equals(read) && seen.equals(before);
    }

    /** Reads in the order of the paths, so each look reads the same files. */
    private Map<Path, ByteBuffer> look(Set<Path> files) {
        Map<Path, ByteBuffer> contents = new HashMap<>();
        long left = ReadFiles.MAX_BYTES;
        for (Path file : new TreeSet<>(files)) {
            ByteBuffer content = content(file, left);
            contents.put(file, content);
            left -= content.remaining();
        }
        return contents;
    }

    /** Returns the content of a file, or its size and modification time if it has more than {@code most} bytes. */
    private ByteBuffer content(Path file, long most) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory() && file.equals(folder)) {
                return UTF_8.encode(attributes.lastModifiedTime().toString());
            } else if (!attributes.isRegularFile()) {
                return ABSENT;
            } else if (attributes.size() > most) {
                return UTF_8.encode(attributes.size() + " " + attributes.lastModifiedTime());
            }
            try (InputStream in = Files.newInputStream(file)) {
                return ByteBuffer.wrap(in.readNBytes((int) most));
            }
        } catch (IOException e) {
            return ABSENT;
        }
    }
}
