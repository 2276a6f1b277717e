package dev.weir.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTextTest {

    @Test
    void fileFailureHasFileAndReason(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing");
        assertReason(missing + ": no such file or folder", () -> Files.newByteChannel(missing));
        assertReason(folder + ": exists already", () -> Files.createDirectory(folder));
        Files.createFile(folder.resolve("file"));
        assertReason(folder + ": is not empty", () -> delete(folder));
        assertEquals("/a: is not a folder", FailureText.of(new NotDirectoryException("/a")));
        assertEquals("/a: permission denied", FailureText.of(new AccessDeniedException("/a")));
        assertEquals(
                "/a: File name too long", FailureText.of(new FileSystemException("/a", null, "File name too long")));
    }

    private interface Call {
        Object run() throws IOException;
    }

    private static boolean delete(Path file) throws IOException {
        return Files.deleteIfExists(file);
    }

    private static void assertReason(String reason, Call call) {
        assertEquals(reason, FailureText.of(assertThrows(FileSystemException.class, call::run)));
    }

    @Test
    void fullHeapIsNamedWithItsSizeAndRemedy() {
        long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
        String text = "OutOfMemoryError: the JVM's heap of " + mebibytes + " MiB is full (raise -Xmx)";
        assertEquals(text, FailureText.of(new OutOfMemoryError("Java heap space")));
        assertEquals(text, FailureText.of(new OutOfMemoryError("GC overhead limit exceeded")));
        assertEquals("java.lang.OutOfMemoryError: Metaspace", FailureText.of(new OutOfMemoryError("Metaspace")));
    }

    @Test
    void otherFailuresHaveTheirMessage() {
        assertEquals("Broken pipe", FailureText.of(new IOException("Broken pipe")));
        assertEquals("no such host: nowhere", FailureText.of(new UnknownHostException("nowhere")));
        assertEquals("java.nio.channels.ClosedChannelException", FailureText.of(new ClosedChannelException()));
        assertEquals("java.lang.IllegalStateException: why", FailureText.of(new IllegalStateException("why")));
        assertEquals("first?second", FailureText.of(new IOException("first\nsecond")));
    }
}
