package dev.weir.backend.file;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The contract with direct I/O, at every offset. */
@EnabledIf(value = "isPossible", disabledReason = "the file system of the temporary folder has no direct I/O")
class DirectIoContractTest extends FileBackendContractTest {
    DirectIoContractTest(@TempDir Path folder) {
        super(folder);
    }

    static boolean isPossible() throws IOException {
        Path image = Files.createTempFile("weir", ".img");
        Files.write(image, new byte[4096]);
        try {
            new FileBackendFactory()
                    .open("probe", Map.of("path", image.toString(), "cache", "none"), true)
                    .close();
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            Files.delete(image);
        }
    }

    @Override
    protected BlockBackend open(Map<String, Object> options, boolean readOnly) throws IOException {
        Map<String, Object> direct = new HashMap<>(options);
        direct.put("cache", "none");
        return super.open(direct, readOnly);
    }
}
