package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.BlockOption;
import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Creation of images, and failures of the file system. */
class FileBackendTest {
    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path image;

    FileBackendTest(@TempDir Path folder) {
        this.image = folder.resolve("disk.img");
    }

    private HintedBackend create(long size) throws IOException {
        return factory.open("vm1", Map.of("path", image.toString(), "size", size, "create", true), false);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    /** A backend whose file of {@code size} bytes is behind a faulty channel. */
    private record Faulty(FileBackend backend, FaultyChannel channel) {
        static Faulty on(Path path, long size, int bytesAtATime) throws IOException {
            OpenImages images = new OpenImages();
            Image real = images.open(new ImageSpec("vm1", path, size, true, false, false, false));
            FaultyChannel channel = new FaultyChannel(real.channel(), bytesAtATime);
            return new Faulty(
                    new FileBackend(new Image(path, real.identity(), channel, null, null, size, false, "vm1"), images),
                    channel);
        }
    }

    @Test
    void describesTypeAndOptions() {
        assertEquals("file", factory.type());
        assertEquals(
                List.of(
                        "path PATH true",
                        "size BYTES false",
                        "create FLAG false",
                        "format TEXT false",
                        "cache TEXT false"),
                factory.options().stream().map(FileBackendTest::text).toList());
    }

    private static String text(BlockOption option) {
        return option.name() + " " + option.kind() + " " + option.required();
    }

    @Test
    void cachedDataIsReadAtOnce() throws Exception {
        HintedBackend backend = create(1 << 20);
        assumeTrue(
                List.of("ext2/ext3", "ext4", "xfs", "btrfs")
                        .contains(Files.getFileStore(image).type()),
                "a file system that says what is cached");
        byte[] bytes = random(4096);
        backend.write(ByteBuffer.wrap(bytes), (1 << 20) - 4096);
        ByteBuffer destination = ByteBuffer.allocateDirect(5000).position(100).limit(4196);
        assertTrue(backend.readNow(destination, (1 << 20) - 4096));
        assertEquals(4196, destination.position());
        byte[] read = new byte[4096];
        destination.get(100, read);
        assertArrayEquals(bytes, read);
        assertFalse(backend.readNow(ByteBuffer.allocate(4096), (1 << 20) - 4096), "to the heap");
        assertFalse(backend.readNow(destination.position(100), (1 << 20) - 4095), "beyond the end");
        assertEquals(100, destination.position());
        backend.close();
    }

    @Test
    void newImageIsSparse() throws Exception {
        HintedBackend backend = create(10L << 30);
        assertTrue(backend.mayBlock());
        assertEquals(10L << 30, Files.size(image));
        Process stat = new ProcessBuilder("stat", "-c", "%b", image.toString()).start();
        long blocks = Long.parseLong(stat.inputReader(StandardCharsets.US_ASCII).readLine());
        assertTrue(blocks * 512 <= 64 << 10, blocks + " blocks of 512 bytes");
        backend.close();
    }

    @Test
    void aNewImageIsForItsUserOnly() throws IOException {
        create(1000).close();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(image)));
    }

    @Test
    void anImageThatIsThereKeepsItsMode() throws IOException {
        Files.write(image, new byte[1000]);
        Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-r-----"));
        create(1000).close();
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(image)));
    }

    @Test
    void existingImageIsKept() throws IOException {
        byte[] bytes = random(1000);
        Files.write(image, bytes);
        HintedBackend backend = create(1000);
        byte[] read = new byte[900];
        backend.read(ByteBuffer.wrap(read), 100);
        assertArrayEquals(Arrays.copyOfRange(bytes, 100, 1000), read);
        backend.write(ByteBuffer.wrap(new byte[] {1, 2}), 500);
        backend.close();
        bytes[500] = 1;
        bytes[501] = 2;
        assertArrayEquals(bytes, Files.readAllBytes(image));
    }

    @Test
    void emptyImageOfACrashIsRecreated() throws IOException {
        Files.createFile(image);
        HintedBackend backend = create(1000);
        assertEquals(1000, backend.size());
        backend.close();
        assertArrayEquals(new byte[1000], Files.readAllBytes(image));
    }

    private long allocated() throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", image.toString()).start();
        return 512 * Long.parseLong(stat.inputReader(StandardCharsets.US_ASCII).readLine());
    }

    @Test
    void onlyUnmappingOperationsDeallocate() throws IOException {
        int size = 8 << 20;
        HintedBackend backend = create(size);
        assertEquals(0, allocated());
        backend.write(ByteBuffer.wrap(random(size)), 0);
        backend.flush();
        assertTrue(allocated() >= size, () -> "written, but takes less room");
        backend.writeZeroes(0, 2 << 20, false);
        backend.flush();
        assertTrue(allocated() >= size, () -> "zeroed without holes, but takes less room");
        backend.trim(2 << 20, 2 << 20);
        assertTrue(allocated() <= 6 << 20, () -> "trimmed, but takes as much room");
        backend.writeZeroes(4 << 20, 2 << 20, true);
        assertTrue(allocated() <= 4 << 20, () -> "zeroed, but takes as much room");
        assertTrue(backend.zeroesFast(true));
        backend.close();
        byte[] zeroes = new byte[6 << 20];
        byte[] expected = random(size);
        System.arraycopy(zeroes, 0, expected, 0, zeroes.length);
        assertArrayEquals(expected, Files.readAllBytes(image));
    }

    @Test
    void lockSurvivesHolePunching() throws Exception {
        HintedBackend backend = create(1 << 20);
        backend.trim(0, 1 << 20);
        backend.blockStatus(0, 1 << 20, (length, hole) -> true);
        try (OtherProcess other = OtherProcess.opens(image, false)) {
            assertTrue(other.answer().contains("another process has it open"), other.answer());
        }
        backend.close();
    }

    @Test
    void truncatedImageReportsNoHoleBeyondItsEnd() throws IOException {
        HintedBackend backend = create(1 << 20);
        try (RandomAccessFile other = new RandomAccessFile(image.toFile(), "rw")) {
            other.setLength(1 << 19);
        }
        assertThrows(IOException.class, () -> backend.blockStatus(0, 1 << 20, (length, hole) -> true));
        backend.close();
    }

    @Test
    void zeroesInManyPieces() throws IOException {
        int size = (3 << 20) + 5;
        byte[] bytes = random(size);
        Files.write(image, bytes);
        HintedBackend backend = create(size);
        backend.writeZeroes(7, size - 9, true);
        backend.close();
        Arrays.fill(bytes, 7, size - 2, (byte) 0);
        assertArrayEquals(bytes, Files.readAllBytes(image));
    }

    @Test
    void readBeyondTruncatedFileFails() throws IOException {
        HintedBackend backend = create(10_000);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(4_000);
        }
        ByteBuffer buffer = ByteBuffer.allocate(100);
        IOException failure = assertThrows(IOException.class, () -> backend.read(buffer, 3_950));
        assertEquals(
                image + " ends at byte 4000: had 10000 bytes at the open and was truncated since",
                failure.getMessage());
        backend.read(buffer.clear(), 3_900);
        backend.close();
    }

    @Test
    void interruptsDoNotCloseTheFile() throws Exception {
        HintedBackend backend = create(10_000);
        byte[] bytes = random(10_000);
        Thread.currentThread().interrupt();
        backend.write(ByteBuffer.wrap(bytes), 0);
        backend.flush();
        byte[] read = new byte[10_000];
        backend.read(ByteBuffer.wrap(read), 0);
        assertTrue(Thread.interrupted(), "the interrupt is still there for those who care");
        assertArrayEquals(bytes, read);
        try (OtherProcess other = OtherProcess.opens(image, true)) {
            assertEquals("path = " + image + ": another process has it open for writing", other.answer());
        }
        backend.close();
    }

    @Test
    void continuesAfterPartialTransfers() throws IOException {
        Faulty faulty = Faulty.on(image, 10_000, 777);
        byte[] bytes = random(5_000);
        faulty.backend.write(ByteBuffer.wrap(bytes), 3_000);
        byte[] read = new byte[5_000];
        faulty.backend.read(ByteBuffer.wrap(read), 3_000);
        assertArrayEquals(bytes, read);
        faulty.backend.writeZeroes(3_001, 4_998, true);
        Arrays.fill(bytes, 1, 4_999, (byte) 0);
        faulty.backend.read(ByteBuffer.wrap(read), 3_000);
        assertArrayEquals(bytes, read);
        faulty.backend.close();
    }

    @Test
    void mapsSystemErrorsForClients() throws IOException {
        Map<String, BlockError> known = Map.of(
                "No space left on device", BlockError.ENOSPC,
                "Disk quota exceeded", BlockError.ENOSPC,
                "Read-only file system", BlockError.EPERM);
        Faulty faulty = Faulty.on(image, 10_000, 777);
        for (String fault : known.keySet()) {
            faulty.channel.fault = fault;
            for (BlockException failure : List.of(
                    assertThrows(BlockException.class, () -> faulty.backend.write(ByteBuffer.allocate(9), 0)),
                    assertThrows(BlockException.class, () -> faulty.backend.writeZeroes(0, 9, true)))) {
                assertEquals(known.get(fault), failure.error());
                assertEquals(image + ": " + fault, failure.getMessage());
            }
        }
        faulty.channel.fault = "Input/output error";
        IOException other = assertThrows(IOException.class, () -> faulty.backend.write(ByteBuffer.allocate(9), 0));
        assertFalse(other instanceof BlockException, "the engine makes it EIO");
        faulty.channel.fault = null;
        faulty.backend.write(ByteBuffer.allocate(9), 0);
        faulty.backend.close();
    }

    @Test
    void noFlushSucceedsAfterAFailedOne() throws IOException {
        Faulty faulty = Faulty.on(image, 10_000, 777);
        faulty.backend.flush();
        faulty.channel.fault = "Input/output error";
        assertThrows(IOException.class, faulty.backend::flush);
        faulty.channel.fault = null;
        faulty.backend.write(ByteBuffer.allocate(9), 0);
        IOException again = assertThrows(IOException.class, faulty.backend::flush);
        assertEquals(
                image + ": an earlier flush failed, so earlier writes may be lost; reopen the drive",
                again.getMessage());
        faulty.backend.close();
        HintedBackend anew = create(10_000);
        anew.flush();
        anew.close();
    }
}
