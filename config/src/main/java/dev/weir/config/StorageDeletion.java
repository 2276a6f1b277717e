package dev.weir.config;

import com.typesafe.config.ConfigObject;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletion of the image of a removed drive.
 *
 * @param drive name of the drive
 * @param image absolute path of its image
 */
record StorageDeletion(String drive, Path image) {
    private static final Logger LOG = LoggerFactory.getLogger(StorageDeletion.class);

    /**
     * Checks the deletion of a drive's image.
     *
     * @param settings settings of the drive; null if they are unreadable
     * @param home base folder of relative paths
     * @param others the remaining drives
     * @throws RefusedChangeException if no image belongs to the drive alone
     */
    static StorageDeletion of(DefinitionKey key, @Nullable ConfigObject settings, Path home, List<DriveSettings> others)
            throws RefusedChangeException {
        Object backend = settings == null ? null : settings.get("backend");
        Object path = backend instanceof ConfigObject block && block.get(OpenDriveCheck.PATH) != null
                ? block.get(OpenDriveCheck.PATH).unwrapped()
                : null;
        if (path == null) {
            throw refused(key, "has no image file, so no storage can be deleted");
        }
        Path image = home.resolve(path.toString()).normalize();
        if (!Files.isRegularFile(image, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(
                    key,
                    "its storage is not deleted, because " + Findings.shown(image.toString())
                            + (Files.exists(image, LinkOption.NOFOLLOW_LINKS) ? " is not a file" : " does not exist"));
        }
        if (!Files.isWritable(image.toAbsolutePath().getParent())) {
            throw refused(
                    key,
                    "its storage is not deleted, because the folder of " + Findings.shown(image.toString())
                            + " cannot be written");
        }
        for (DriveSettings other : others) {
            Path used = OpenDriveCheck.image(other);
            if (used != null && used.equals(real(image))) {
                throw refused(
                        key,
                        "its storage is not deleted, because " + Findings.shown(image.toString())
                                + " is also the image of drive " + other.name());
            }
        }
        return new StorageDeletion(key.name(), image);
    }

    private static Path real(Path image) {
        try {
            return image.toRealPath();
        } catch (IOException e) {
            return image;
        }
    }

    private static RefusedChangeException refused(DefinitionKey key, String rule) {
        return DefinitionEdit.refused(Reason.INVALID, key, rule);
    }

    /** Deletes the image. Returns a warning if that fails; empty otherwise. */
    String delete() {
        try {
            Files.delete(image);
            LOG.info("deleted {}, the image of the removed drive {}", image, drive);
            return "";
        } catch (IOException e) {
            LOG.warn("the image {} of the removed drive {} cannot be deleted", image, drive, e);
            return "the image %s is not deleted: %s".formatted(Findings.shown(image.toString()), FailureText.of(e));
        }
    }
}
