package dev.weir.backend.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockException;
import dev.weir.block.HintedBackend;
import dev.weir.block.Loan;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Drives in a JVM with too little memory; each test runs in a small JVM. */
class JvmLimitsTest {

    @Test
    void fullBudgetLeavesRoomForTheJvm() throws Exception {
        assertEquals("24 MiB", inJvm("fillWithFactory", "-Xmx64m", "-XX:MaxDirectMemorySize=64m"));
    }

    @Test
    void directMemoryDefaultsToTheHeapSize() throws Exception {
        assertEquals("12 MiB", inJvm("fillWithFactory", "-Xmx32m"));
    }

    @Test
    void scatteredPagesOfHugeDrivesFitTheHeap() throws Exception {
        assertEquals("192 MiB", inJvm("fillSparsely", "-Xmx16m", "-XX:MaxDirectMemorySize=1g"));
    }

    @Test
    void emptyPageTablesAreFreed() throws Exception {
        assertEquals("0 MiB", inJvm("writeAndTrimAllOver", "-Xmx10m"));
    }

    @Test
    void exhaustedDirectMemoryIsNoSpace() throws Exception {
        assertEquals("40 MiB", inJvm("fillBeyondTheJvm", "-Xmx64m", "-XX:MaxDirectMemorySize=41m"));
    }

    /** Runs a method of this class in a new JVM with these options. Returns the one line that it prints. */
    private static String inJvm(String method, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseG1GC");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), JvmLimitsTest.class.getName(), method));
        Process jvm = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, jvm.waitFor(), output);
        return output.strip();
    }

    public static void main(String[] args) throws IOException {
        long bytes =
                switch (args[0]) {
                    case "fillWithFactory" -> fill(new MemoryBackendFactory(), Page.BYTES);
                    case "fillSparsely" -> fill(new MemoryBackendFactory(), 1L << 48);
                    case "writeAndTrimAllOver" -> writeAndTrim(new MemoryBackendFactory());
                    case "fillBeyondTheJvm" ->
                        fill(new MemoryBackendFactory(new PagePool(1L << 40, length -> null)), Page.BYTES);
                    default -> throw new IllegalArgumentException(args[0]);
                };
        System.out.println((bytes >> 20) + " MiB");
    }

    /**
     * Writes to pages at a distance of {@code stride} bytes until the memory is full. Returns the bytes of the
     * written pages.
     */
    private static long fill(MemoryBackendFactory factory, long stride) throws IOException {
        HintedBackend drive = factory.open("full", Map.of("size", Long.MAX_VALUE), false);
        ByteBuffer one = ByteBuffer.allocate(1);
        long pages = 0;
        try {
            while (true) {
                drive.write(one.clear(), pages * stride);
                lendAtOnce(drive, pages * stride);
                pages++;
            }
        } catch (BlockException e) {
            assertEquals(BlockError.ENOSPC, e.error());
        }
        long collections = fullCollections();
        drive.write(one.clear(), pages / 2 * stride);
        assertThrows(BlockException.class, () -> drive.write(one.clear(), Long.MAX_VALUE - 1));
        // at most the collection that the first failed allocation has started
        assertTrue(fullCollections() <= collections + 1, "a full drive does not make the JVM collect garbage");
        drive.trim(0, Page.BYTES);
        drive.write(one.clear(), Long.MAX_VALUE - 1);
        assertTrue(new byte[1 << 20].length > 0);
        return pages * Page.BYTES;
    }

    /** Leaves as many loans for reuse as a page keeps. */
    private static void lendAtOnce(HintedBackend drive, long offset) {
        List<Loan> loans = new ArrayList<>();
        for (int i = 0; i <= Page.MAX_SPARES; i++) {
            assertTrue(drive.lend(offset, 1, loans::add));
        }
        loans.forEach(Loan::giveBack);
    }

    private static long fullCollections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> collector.getName().equals("G1 Old Generation"))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long writeAndTrim(MemoryBackendFactory factory) throws IOException {
        HintedBackend drive = factory.open("sparse", Map.of("size", Long.MAX_VALUE), false);
        ByteBuffer one = ByteBuffer.allocate(1);
        long offset = 1;
        for (int i = 0; i < 60_000; i++) {
            offset = offset * 6364136223846793005L + 1442695040888963407L;
            long at = (offset >>> 1) % Long.MAX_VALUE;
            drive.write(one.clear(), at);
            drive.trim(at, 1);
        }
        return 0;
    }
}
