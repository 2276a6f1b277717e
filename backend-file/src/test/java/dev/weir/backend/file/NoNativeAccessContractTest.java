package dev.weir.backend.file;

import dev.weir.block.BlockBackend;
import dev.weir.testkit.block.BlockBackendContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract with the JDK only: the block status is all data and zeroes are written. */
class NoNativeAccessContractTest extends BlockBackendContract {
    private final OpenImages images = new OpenImages();
    private final Path folder;
    private int opened;

    NoNativeAccessContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected BlockBackend open(long size) throws IOException {
        Path path = folder.resolve("disk" + opened++ + ".img");
        Image image = images.open(new ImageSpec("test", path, size, true, false, false, false));
        return new FileBackend(
                new Image(path, image.identity(), image.channel(), null, null, size, false, "test"), images);
    }

    @Override
    protected boolean tellsHoles() {
        return false;
    }

    @Override
    protected boolean resizes() {
        return true;
    }
}
