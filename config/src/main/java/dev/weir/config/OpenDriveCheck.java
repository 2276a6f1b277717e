package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.settings.DriveSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds changes of a backend that would close a running drive and could not open it again. A drive that is not open yet
 * needs no check: the engine tries it again and again.
 */
final class OpenDriveCheck {
    private static final String PATH = "path";

    private final Types types;
    private final Running running;
    private final Map<String, Setting> written;

    /**
     * @param written where each drive stands in the configuration, by name
     */
    OpenDriveCheck(Types types, Running running, Map<String, Setting> written) {
        this.types = types;
        this.running = running;
        this.written = written;
    }

    /** Reports each drive that could not be opened again. */
    void check(List<DriveSettings> drives) {
        Set<DriveSettings> changed = drives.stream().filter(this::isReopened).collect(Collectors.toSet());
        if (!changed.isEmpty()) {
            checkImages(drives, changed);
            changed.forEach(this::checkBackend);
        }
    }

    private void checkImages(List<DriveSettings> drives, Set<DriveSettings> changed) {
        Map<Path, DriveSettings> images = new HashMap<>();
        for (DriveSettings drive : drives) {
            Path image = image(drive);
            DriveSettings other = image == null ? null : images.putIfAbsent(image, drive);
            if (other != null && !(drive.readOnly() && other.readOnly())) {
                boolean isChanged = changed.contains(drive);
                if (isChanged || changed.contains(other)) {
                    String with = isChanged ? other.name() : drive.name();
                    fault(isChanged ? drive : other, "path = " + image + ": is also the image of drive " + with);
                }
            }
        }
    }

    private boolean isReopened(DriveSettings drive) {
        Running.RunningDrive before = running.drives().get(drive.name());
        return before != null && before.isOpen() && before.hasOtherBackend(drive);
    }

    /** Returns the file of a drive, the same for each name that leads to it, or null if it has none. */
    private static @Nullable Path image(DriveSettings drive) {
        if (!(drive.backendOptions().get(PATH) instanceof String path)) {
            return null;
        }
        try {
            return Path.of(path).toRealPath();
        } catch (IOException e) {
            return Path.of(path);
        }
    }

    private void checkBackend(DriveSettings drive) {
        BlockBackendFactory factory = types.backends().get(drive.backendType());
        if (factory == null) {
            return;
        }
        try {
            factory.check(drive.name(), drive.backendOptions(), drive.readOnly());
        } catch (IOException e) {
            fault(drive, String.valueOf(e.getMessage()));
        }
    }

    private void fault(DriveSettings drive, String reason) {
        Setting setting = written.get(drive.name());
        if (setting != null) {
            setting.child("backend").fault("the running drive could not be opened again: " + reason);
        }
    }
}
