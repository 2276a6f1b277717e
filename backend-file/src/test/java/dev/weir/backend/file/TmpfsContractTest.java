package dev.weir.backend.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.HintedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The contract on a file system that punches holes but cannot zero a range in place. */
@EnabledIf(value = "isThere", disabledReason = "there is no tmpfs at /dev/shm")
class TmpfsContractTest extends FileBackendContractTest {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    TmpfsContractTest(@TempDir(factory = InSharedMemory.class) Path folder) {
        super(folder);
    }

    @Test
    void readsDoNotWaitForAThread() throws IOException {
        HintedBackend backend = (HintedBackend) open(1 << 20);
        assertTrue(backend.readNow(ByteBuffer.allocateDirect(4096), 8192));
        backend.close();
    }

    @Test
    void writesDoNotWaitForAThread() throws IOException {
        HintedBackend backend = (HintedBackend) open(1 << 20);
        assertTrue(backend.writeNow(ByteBuffer.allocateDirect(4096), 8192));
        backend.close();
    }

    @Test
    void noWriteWaitsForALongOperation() throws Exception {
        HintedBackend backend = (HintedBackend) open(1 << 20);
        ByteBuffer source = ByteBuffer.allocateDirect(4096);
        List<Boolean> done = new ArrayList<>();
        backend.blockStatus(0, 1 << 20, (length, hole) -> {
            Thread other = new Thread(() -> done.add(backend.writeNow(source, 8192)));
            other.start();
            assertDoesNotThrow(() -> other.join(10_000));
            return true;
        });
        assertEquals(List.of(false), done);
        assertTrue(backend.writeNow(source, 8192), "afterwards");
        backend.close();
    }

    static boolean isThere() throws IOException {
        return Files.isDirectory(SHARED_MEMORY)
                && Files.getFileStore(SHARED_MEMORY).type().equals("tmpfs");
    }

    /** Creates the folder of a test in shared memory. */
    static final class InSharedMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            return Files.createTempDirectory(SHARED_MEMORY, "weir");
        }
    }
}
