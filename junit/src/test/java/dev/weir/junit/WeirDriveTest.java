package dev.weir.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class WeirDriveTest {
    @RegisterExtension
    static final WeirDrive ofClass = WeirDrive.memory(4 * WeirDrive.MIB).limit("bps", 100 * WeirDrive.MIB);

    @RegisterExtension
    final WeirDrive ofTest = WeirDrive.memory(WeirDrive.MIB).tcp();

    private static ByteBuffer random(long bytes) {
        byte[] data = new byte[(int) bytes];
        new Random().nextBytes(data);
        return ByteBuffer.wrap(data);
    }

    @Test
    void servesBothKindsOfField() {
        assertTrue(ofClass.uri().startsWith("nbd+unix:///disk?socket=/"), ofClass::uri);
        assertTrue(ofTest.uri().startsWith("nbd://127.0.0.1:"), ofTest::uri);
        assertEquals(100 * WeirDrive.MIB, ofClass.snapshot().limits().rate(LimitKey.BPS));
    }

    @Test
    void everyTestHasANewDrive() throws IOException {
        firstByteIsZeroAndIsWritten();
    }

    @Test
    void testsShareNothing() throws IOException {
        firstByteIsZeroAndIsWritten();
    }

    private void firstByteIsZeroAndIsWritten() throws IOException {
        try (SeekableByteChannel channel = ofTest.channel()) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one);
            assertEquals(0, one.get(0));
            channel.position(0).write(ByteBuffer.wrap(new byte[] {1}));
        }
    }

    @Test
    void readsWhatWasWritten() throws IOException {
        ByteBuffer written = random(WeirDrive.MIB + 1);
        ByteBuffer read = ByteBuffer.allocate(written.capacity());
        try (SeekableByteChannel channel = ofClass.channel()) {
            assertEquals(written.capacity(), channel.position(77).write(written));
            assertEquals(77 + written.capacity(), channel.position());
            assertEquals(read.capacity(), channel.position(77).read(read));
        }
        assertEquals(written.rewind(), read.rewind());
    }

    @Test
    void endsWhereTheDriveEnds() throws IOException {
        SeekableByteChannel channel = ofTest.channel();
        channel.position(WeirDrive.MIB - 10);
        assertEquals(10, channel.write(random(11)));
        IOException fault = assertThrows(IOException.class, () -> channel.write(random(1)));
        assertEquals("cannot write at 1048576: the drive disk ends at 1048576", fault.getMessage());
        assertEquals(-1, channel.read(ByteBuffer.allocate(1)));
        assertEquals(0, channel.read(ByteBuffer.allocate(0)));
        assertThrows(IOException.class, () -> channel.truncate(5));
        assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
        channel.close();
        assertThrows(ClosedChannelException.class, channel::position);
    }

    /** Of 11 writes at 20/s three go at once: 100 ms worth of the rate plus one. The others take 0.4 s. */
    @Test
    void takesTheTimeOfItsLimits() throws IOException {
        try (WeirDrive slow =
                        WeirDrive.memory(WeirDrive.MIB).limit("iops_wr", 20).start();
                SeekableByteChannel channel = slow.channel()) {
            Instant begin = Instant.now();
            for (int i = 0; i < 11; i++) {
                channel.write(random(512));
            }
            Duration taken = Duration.between(begin, Instant.now());
            assertTrue(taken.toMillis() >= 350, taken::toString);
            assertEquals(11, slow.snapshot().counters().writes());
        }
    }

    @Test
    void limitsChangeLive() throws Exception {
        try (WeirDrive stuck = WeirDrive.memory(WeirDrive.MIB).limit("bps", 1).start()) {
            SeekableByteChannel channel = stuck.channel();
            channel.write(random(512));
            CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> write(channel));
            while (stuck.snapshot().queuedWrites() == 0) {
                Thread.onSpinWait();
            }
            assertFalse(second.isDone());
            stuck.control().limits(ThrottleLimits.NONE);
            assertEquals(512, second.get(30, TimeUnit.SECONDS));
        }
    }

    private static int write(SeekableByteChannel channel) {
        try {
            return channel.write(random(512));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void interruptCancelsARequest() throws IOException {
        try (WeirDrive stuck = WeirDrive.memory(WeirDrive.MIB).limit("bps", 1).start()) {
            SeekableByteChannel channel = stuck.channel();
            channel.write(random(512));
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> channel.write(random(512)));
            assertTrue(Thread.interrupted());
            assertEquals(0, stuck.snapshot().queuedWrites());
        }
    }

    @Test
    void aFileStays(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("disk.img");
        ByteBuffer data = random(4096);
        try (WeirDrive disk =
                        WeirDrive.file(file, WeirDrive.MIB).policy("slice").start();
                SeekableByteChannel channel = disk.channel()) {
            channel.write(data);
        }
        assertEquals(WeirDrive.MIB, Files.size(file));
        try (WeirDrive disk = WeirDrive.file(file, WeirDrive.MIB).readOnly().start();
                SeekableByteChannel channel = disk.channel()) {
            ByteBuffer read = ByteBuffer.allocate(4096);
            channel.read(read);
            assertEquals(data.rewind(), read.rewind());
            BlockException fault = assertThrows(BlockException.class, () -> channel.write(random(1)));
            assertEquals(BlockError.EPERM, fault.error());
        }
    }

    @Test
    void nothingIsLeftBehind() throws IOException {
        WeirDrive disk = WeirDrive.memory(WeirDrive.MIB).start();
        Path socket = Path.of(disk.uri().substring(disk.uri().indexOf('=') + 1));
        assertTrue(Files.exists(socket));
        disk.close();
        disk.close();
        assertFalse(Files.exists(socket.getParent()));
        assertThrows(IllegalStateException.class, disk::uri);
        disk.start().close();
    }

    @Test
    void refusalsAreClear(@TempDir Path folder) throws IOException {
        assertThrows(
                IllegalArgumentException.class,
                () -> WeirDrive.memory(1).limit("bsp", 1),
                "bsp: is not a limit; choose one of " + ThrottleLimits.keys());
        assertThrows(
                IllegalArgumentException.class,
                () -> WeirDrive.memory(1).limit("bps_max", 1).start());
        assertThrows(IOException.class, () -> WeirDrive.file(folder, 1).start());
        for (Executable unknown : List.<Executable>of(
                () -> WeirDrive.memory(1).policy("buckte"), () -> new EmbeddedGroup().policy("buckte"))) {
            IllegalArgumentException fault = assertThrows(IllegalArgumentException.class, unknown);
            assertEquals("policy = buckte: is not a policy; choose one of [bucket, slice]", fault.getMessage());
        }
        assertThrows(IllegalStateException.class, ofClass::start);
        assertEquals(
                Map.of("bps", 100 * WeirDrive.MIB), ofClass.snapshot().limits().toMap());
    }
}
