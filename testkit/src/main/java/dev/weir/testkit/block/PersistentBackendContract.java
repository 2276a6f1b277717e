package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The {@link BlockBackendContract} and tests for a backend whose data survives closing and opening. */
public abstract class PersistentBackendContract extends BlockBackendContract {

    /**
     * Opens the latest drive of {@link #open} again. It has been closed since.
     *
     * @param readOnly whether to open it read-only
     * @return the open backend
     * @throws IOException if the backend cannot be opened
     */
    protected abstract BlockBackend reopen(boolean readOnly) throws IOException;

    @Test
    @DisplayName("bytes and size survive a reopening, read-only or not")
    void keepsItsBytes() throws IOException {
        ModelledDrive drive = written();
        drive.writeZeroes(70_000, 70_000, true);
        drive.write(SIZE - 1, new byte[] {1});
        close();
        BlockBackend readOnly = keep(reopen(true));
        assertEquals(SIZE, readOnly.size());
        drive.on(readOnly).checkAll();
        readOnly.flush();
        close();
        BlockBackend writable = keep(reopen(false));
        assertEquals(SIZE, writable.size());
        ModelledDrive again = drive.on(writable);
        again.checkAll();
        again.write(SIZE - 3, new byte[] {1, 2, 3});
        again.checkAll();
    }
}
