package dev.weir.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReplacementTest {
    private static final byte[] OLD = {1, 2, 3};
    private static final byte[] NEW = {4, 5, 6};

    private final Path folder;

    FileReplacementTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path file() {
        return folder.resolve("debts");
    }

    private Path unfinished() {
        return folder.resolve("debts.new");
    }

    @Test
    void onlyTheOwnerMayReadTheNewFile() throws IOException {
        Files.write(unfinished(), OLD); // as a killed process leaves it
        FileReplacement.replaceDurably(file(), unfinished(), NEW);
        assertArrayEquals(NEW, Files.readAllBytes(file()));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
        assertFalse(Files.exists(unfinished()));
    }

    @Test
    void failedReplacementKeepsTheOldFile() throws IOException {
        Files.write(file(), OLD);
        Files.createDirectories(unfinished().resolve("in the way"));
        assertThrows(IOException.class, () -> FileReplacement.replace(file(), unfinished(), NEW));
        assertArrayEquals(OLD, Files.readAllBytes(file()));
    }

    @Test
    void failedRenameLeavesNoUnfinishedFile() throws IOException {
        Files.createDirectories(file().resolve("in the way"));
        assertThrows(IOException.class, () -> FileReplacement.replace(file(), unfinished(), NEW));
        assertFalse(Files.exists(unfinished()));
    }

    @Test
    void stampSeesReplacementOfSameTimeAndSize() throws IOException {
        FileReplacement.replace(file(), unfinished(), OLD);
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file(), time);
        FileStamp before = FileStamp.of(file());
        assertEquals(before, FileStamp.of(file()));
        // the old file stays linked, so that its inode is not free for the new one
        Files.createLink(folder.resolve("old"), file());
        FileReplacement.replace(file(), unfinished(), NEW);
        Files.setLastModifiedTime(file(), time);
        assertNotEquals(before, FileStamp.of(file()));
    }

    @Test
    void missingFileHasNoStamp() {
        assertThrows(NoSuchFileException.class, () -> FileStamp.of(file()));
    }
}
