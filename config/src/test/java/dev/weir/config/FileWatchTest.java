package dev.weir.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detection of file changes. */
final class FileWatchTest {
    private final Path file;
    private final FileWatch watch = new FileWatch();

    FileWatchTest(@TempDir Path folder) throws IOException {
        file = Files.writeString(folder.resolve("weir.conf"), "one");
        watch.end(Set.of(file), true);
    }

    @Test
    void changeSettlesWhenSeenTwice() throws IOException {
        assertFalse(watch.hasSettled());
        for (String half : new String[] {"t", "tw", "two"}) {
            Files.writeString(file, half);
            assertFalse(watch.hasSettled());
        }
        assertTrue(watch.hasSettled());
        watch.begin();
        watch.end(Set.of(file), true);
        assertFalse(watch.hasSettled());
    }

    @Test
    void renameIsAChangeAndTouchIsNone() throws IOException {
        Path other = Files.writeString(file.resolveSibling("weir.conf~"), "two");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertFalse(watch.hasSettled());
        assertTrue(watch.hasSettled());

        Files.writeString(file, "one");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        assertFalse(watch.hasSettled());
        assertFalse(watch.hasSettled());
    }

    @Test
    void writeDuringReadIsAChange() throws IOException {
        watch.begin();
        Files.writeString(file, "two");
        watch.end(Set.of(file), true);
        assertFalse(watch.hasSettled());
        assertTrue(watch.hasSettled());
    }

    @Test
    void failedReadKeepsWatchingIncludes() throws IOException {
        watch.begin();
        watch.end(Set.of(), false);
        Files.delete(file);
        assertFalse(watch.hasSettled());
        assertTrue(watch.hasSettled());
        watch.begin();
        watch.end(Set.of(), true);
        Files.writeString(file, "two");
        assertFalse(watch.hasSettled());
        assertFalse(watch.hasSettled());
    }

    @Test
    void largeFilesAreToldByTheirDates() throws IOException {
        Set<Path> files = new HashSet<>(Set.of(file));
        for (int i = 0; i < 100; i++) {
            Path large = file.resolveSibling(i + ".conf");
            try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
                sparse.setLength(ReadFiles.MAX_BYTES - 1);
            }
            files.add(large);
        }
        watch.begin();
        watch.end(files, true);
        assertFalse(watch.hasSettled());

        Files.setLastModifiedTime(file.resolveSibling("99.conf"), FileTime.fromMillis(0));
        assertFalse(watch.hasSettled());
        assertTrue(watch.hasSettled());
    }

    @Test
    void folderChangesByNamesUnlessAccepted() throws IOException {
        Path folder = Files.createDirectory(file.resolveSibling("weir.d"));
        Files.setLastModifiedTime(folder, FileTime.fromMillis(0)); // the clock of a file system is coarse
        FileWatch both = new FileWatch(folder);
        both.begin();
        both.end(Set.of(file, folder), true);
        Files.writeString(folder.resolve("drive-vm1.conf"), "");
        assertFalse(both.hasSettled());
        assertTrue(both.hasSettled());

        both.accept();
        assertFalse(both.hasSettled());
        assertFalse(both.hasSettled());
    }
}
