package dev.weir.config;

import dev.weir.block.ImageFormat;
import dev.weir.drive.settings.DriveSettings;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backend of a drive that is given as {@code file=PATH}: {@code qemu} for an image in qcow2 or another format,
 * {@code file} for a raw one. A file of the configuration names its backend itself.
 *
 * @param drive name of the drive
 * @param folder base folder of relative paths
 * @param running drives before the reading
 */
record BackendChoice(String drive, Path folder, Running running) {
    private static final Logger LOG = LoggerFactory.getLogger(BackendChoice.class);
    private static final String FILE = "file";
    private static final String QEMU = "qemu";

    /**
     * Returns the type of the backend. A drive that is open keeps its backend, because its guest may have written the
     * header of a format to its disk.
     *
     * @param format the given format; null to detect it
     * @param creates whether a missing image is created, which is raw
     */
    String ofFile(String path, @Nullable String format, boolean creates) {
        DriveSettings before = running.settings(drive);
        if (format != null) {
            return format.equals("raw") ? FILE : QEMU;
        }
        if (before != null && running.isOpen(drive)) {
            return before.backendType();
        }
        ImageFormat found = creates ? null : formatOf(path);
        if (found == null || found.commonOnRawDisks()) {
            return FILE;
        }
        if (before == null) {
            LOG.info(
                    "drive {}: {} is a {} image, so its backend is {}; format=raw would serve its bytes",
                    drive,
                    path,
                    found.name(),
                    QEMU);
        }
        return QEMU;
    }

    private @Nullable ImageFormat formatOf(String path) {
        try {
            return ImageFormat.of(folder.resolve(path));
        } catch (IOException | InvalidPathException e) {
            return null; // the backend or the reader of the path reports it
        }
    }
}
