package dev.weir.testkit.block;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The backend that a test has open. It is closed after the test. */
abstract class OpenBackend {
    private @Nullable BlockBackend opened;

    /**
     * Opens a new drive that reads as zeroes.
     *
     * @param size the size of the drive (bytes)
     * @return the open backend
     * @throws IOException if the backend cannot be opened
     */
    protected abstract BlockBackend open(long size) throws IOException;

    final BlockBackend fresh(long size) throws IOException {
        return keep(open(size));
    }

    final BlockBackend keep(BlockBackend backend) {
        opened = backend;
        return backend;
    }

    final void close() throws IOException {
        BlockBackend backend = opened;
        opened = null;
        if (backend != null) {
            backend.close();
        }
    }

    @AfterEach
    void closeWhatIsOpen() throws IOException {
        close();
    }
}
