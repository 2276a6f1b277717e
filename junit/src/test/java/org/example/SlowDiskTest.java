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

/** What else docs/guides/junit.md shows, from outside of Weir's own packages. */
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
        disk.control().limits(ThrottleLimits.of(Map.of("bps", 1L))); // the disk gets worse, also for what waits
        channel.write(ByteBuffer.allocate(4096)); // goes at once, and is owed for
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> write(channel));
        while (disk.control().queue().isEmpty()) {
            Thread.onSpinWait();
        }
        List<QueuedRequest> queue = disk.control().queue(); // who waits now, for which limit, for how long
        disk.control().limits(ThrottleLimits.NONE); // and well again
        waiting.get(30, TimeUnit.SECONDS);
        assertEquals(4096, queue.get(0).length());
        assertTrue(disk.snapshot().counters().held() > 0); // somebody had to wait
    }

    private static void write(SeekableByteChannel channel) {
        try {
            channel.write(ByteBuffer.allocate(4096));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
