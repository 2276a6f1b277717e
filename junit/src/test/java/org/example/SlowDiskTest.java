package org.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.drive.control.QueuedRequest;
import dev.weir.junit.EmbeddedDrive;
import dev.weir.junit.WeirDrive;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Further examples of docs/guides/junit.md. They use only the public API. */
class SlowDiskTest {
    @RegisterExtension
    final WeirDrive disk = WeirDrive.memory(64 * WeirDrive.MIB).limit("iops", 50);

    @Test
    void withoutAnExtension(@TempDir Path folder) throws IOException {
        Path image = folder.resolve("disk.img");
        try (EmbeddedDrive slow =
                EmbeddedDrive.file(image, EmbeddedDrive.GIB).limit("iops", 5).start()) {
            assertEquals(EmbeddedDrive.GIB, slow.drive().size());
        }
    }

    @Test
    void getsWorseAndWellAgain() throws Exception {
        SeekableByteChannel channel = disk.channel();
        disk.control().limits(ThrottleLimits.of(Map.of("bps", 1L))); // slow down; applies to queued requests, too
        channel.write(ByteBuffer.allocate(4096)); // released at once; its debt holds the next one
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> write(channel));
        while (disk.control().queue().isEmpty()) {
            Thread.onSpinWait();
        }
        List<QueuedRequest> queue = disk.control().queue(); // queued requests, the limit and the wait
        disk.control().limits(ThrottleLimits.NONE); // full speed again
        waiting.get(30, TimeUnit.SECONDS);
        assertEquals(4096, queue.get(0).length());
        assertTrue(disk.snapshot().counters().held() > 0); // requests that a limit held
    }

    private static void write(SeekableByteChannel channel) {
        try {
            channel.write(ByteBuffer.allocate(4096));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
