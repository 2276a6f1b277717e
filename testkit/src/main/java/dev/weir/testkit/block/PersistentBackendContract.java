package dev.weir.testkit.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.block.BlockBackend;
import java.io.IOException;
import java.util.Random;
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

    @Test
    @DisplayName("a new size survives a reopening")
    void keepsItsNewSize() throws IOException {
        if (!resizes()) {
            return;
        }
        for (int size : new int[] {SIZE + 70_001, SIZE - 70_001}) {
            BlockBackend backend = fresh(SIZE);
            ModelledDrive drive = new ModelledDrive(backend, 0, SIZE);
            drive.write(0, ModelledDrive.randomBytes(new Random(11), SIZE));
            backend.resize(size);
            close();
            BlockBackend again = keep(reopen(false));
            assertEquals(size, again.size());
            drive.resized(size).on(again).checkAll();
            close();
        }
    }
}
