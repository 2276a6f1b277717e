package dev.weir.engine;

import dev.weir.block.BlockDevice;
import dev.weir.block.BlockOption;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.log.FailureText;
import dev.weir.unit.Measure;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The size of a drive. It follows commands, the configuration and storage that changes its size by itself.
 *
 * <p>Used by the {@link SerialSteps} of the drive only. See docs/design/decisions/041-resize.md.
 */
final class DriveSize {
    private static final Logger LOG = LoggerFactory.getLogger(DriveSize.class);

    private final StorageHold hold;

    /** The size by command (bytes), which takes the place of the configured one. Null without. */
    private @Nullable Long byCommand;

    DriveSize(StorageHold hold) {
        this.hold = hold;
    }

    /** Returns the options of a backend without the size. */
    static Map<String, Object> otherOptions(DriveSettings settings) {
        Map<String, Object> options = new HashMap<>(settings.backendOptions());
        options.remove(BlockOption.SIZE);
        return options;
    }

    private static @Nullable Long configured(DriveSettings settings) {
        return settings.backendOptions().get(BlockOption.SIZE) instanceof Long size ? size : null;
    }

    /**
     * Changes the size by command.
     *
     * @throws IOException if a rule forbids it or the storage cannot have the size
     */
    void change(OpenDrive opened, long size, boolean mayShrink) throws IOException {
        set(opened, opened.storage().first(), size, mayShrink);
        byCommand = size;
    }

    /**
     * Grows the storage if the configured size has changed. A drive that cannot have that size stays as it is.
     *
     * @param before the settings that the storage follows so far
     * @param now the new settings
     * @return false if requests are held, so that the storage can follow only later
     */
    boolean followsConfiguration(OpenDrive opened, DriveSettings before, DriveSettings now) {
        Long size = configured(now);
        if (size == null || size.equals(configured(before))) {
            return true;
        }
        if (!hold.reason().isEmpty()) {
            return false;
        }
        byCommand = null;
        try {
            set(opened, opened.storage().device(), size, false);
        } catch (IOException | RuntimeException | Error e) {
            hold.noteFault();
            LOG.error(
                    "drive {} keeps its size of {}: {}",
                    opened.name(),
                    Measure.sizeText(opened.size()),
                    FailureText.of(e));
        }
        return true;
    }

    /** Takes over the size of storage that has changed it by itself. */
    void followStorage(OpenDrive opened) {
        try {
            if (hold.reason().isEmpty() && opened.storage().hasOtherSize()) {
                hold.whileResizing(opened, () -> {});
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("drive {} cannot follow the size of its backend: {}", opened.name(), FailureText.of(e));
        }
    }

    /**
     * Returns the settings with which storage is opened. They have the size by command unless the configured size has
     * changed since.
     *
     * @param with the current settings
     * @param before the settings that the storage had at last
     */
    DriveSettings toOpen(DriveSettings with, DriveSettings before) {
        if (!Objects.equals(configured(with), configured(before))) {
            byCommand = null;
        }
        Long size = byCommand;
        if (size == null || configured(with) == null) {
            return with;
        }
        Map<String, Object> options = otherOptions(with);
        options.put(BlockOption.SIZE, size);
        return DriveSettings.builder(with.name(), with.backendType())
                .options(options)
                .readOnly(with.readOnly())
                .build();
    }

    private void set(OpenDrive opened, BlockDevice device, long size, boolean mayShrink) throws IOException {
        check(opened, size, mayShrink);
        if (size != opened.size()) {
            hold.whileResizing(opened, () -> device.resize(size));
        }
    }

    private static void check(OpenDrive opened, long size, boolean mayShrink) throws IOException {
        if (size < 1) {
            throw new IOException("size = " + size + ": must be 1 byte or more");
        }
        if (size % opened.blockSize() != 0) {
            throw refused(size, "must be a multiple of the block size " + opened.blockSize());
        }
        if (size < opened.size() && !mayShrink) {
            throw refused(
                    size,
                    "is less than the " + Measure.sizeText(opened.size())
                            + " of the drive; a command that permits it must shrink the drive first");
        }
    }

    private static IOException refused(long size, String rule) {
        return new IOException("size = " + Measure.sizeText(size) + ": " + rule);
    }
}
