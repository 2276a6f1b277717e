package dev.weir.backend.file;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.PersistentBackendContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class FileBackendContractTest extends PersistentBackendContract {
    private final FileBackendFactory factory = new FileBackendFactory();
    private final Path folder;
    private int images;

    FileBackendContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private String path() {
        return folder.resolve("disk" + images + ".img").toString();
    }

    @Override
    protected BlockBackend open(long size) throws IOException {
        images++;
        return open(Map.of("path", path(), "size", size, "create", true), false);
    }

    @Override
    protected BlockBackend reopen(boolean readOnly) throws IOException {
        return open(Map.of("path", path()), readOnly);
    }

    /** Opens a drive with these options. */
    protected BlockBackend open(Map<String, Object> options, boolean readOnly) throws IOException {
        return factory.open("test", options, readOnly);
    }

    @Override
    protected boolean resizes() {
        return true;
    }
}
