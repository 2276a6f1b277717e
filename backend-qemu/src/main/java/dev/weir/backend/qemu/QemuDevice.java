package dev.weir.backend.qemu;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockRequest;
import dev.weir.block.HeldRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A drive in the storage of a daemon, reached over NBD. While a new daemon replaces one that has ended, the NBD device
 * holds the requests. It also sends the unflushed writes again that the old one may have lost.
 *
 * <p>Thread-safe.
 */
final class QemuDevice implements BlockDevice {
    private final BlockDevice nbd;
    private final DaemonKeeper keeper;
    private final RunFolders folders;
    private final Path folder;

    QemuDevice(BlockDevice nbd, DaemonKeeper keeper, RunFolders folders, Path folder) {
        this.nbd = nbd;
        this.keeper = keeper;
        this.folders = folders;
        this.folder = folder;
    }

    @Override
    public void submit(BlockRequest request) {
        nbd.submit(request);
    }

    @Override
    public long size() {
        return nbd.size();
    }

    @Override
    public int blockSize() {
        return nbd.blockSize();
    }

    @Override
    public boolean readOnly() {
        return nbd.readOnly();
    }

    @Override
    public boolean zeroesFast(boolean mayUnmap) {
        return nbd.zeroesFast(mayUnmap);
    }

    /**
     * Changes the virtual size. QEMU forbids that while the node is exported, so the export ends for a moment and the
     * NBD device connects again.
     */
    @Override
    public void resize(long newSize) throws IOException {
        nbd.resize(nbd.size()); // flushes
        keeper.resize(newSize);
        nbd.resize(newSize);
    }

    @Override
    public List<HeldRequest> held() {
        return nbd.held();
    }

    @Override
    public String condition() {
        String daemon = keeper.condition();
        return daemon.isEmpty() ? nbd.condition() : daemon;
    }

    /** A restart of the daemon is one, and so is a change of the size. */
    @Override
    public long reconnects() {
        return nbd.reconnects();
    }

    @Override
    public void close() throws IOException {
        try (keeper) {
            nbd.close();
        } finally {
            folders.delete(folder);
        }
    }
}
