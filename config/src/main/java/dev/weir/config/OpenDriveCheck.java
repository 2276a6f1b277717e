package dev.weir.config;

import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.FilterSettings;
import dev.weir.log.FailureText;
import dev.weir.supervision.BoundedCalls;
import dev.weir.unit.Measure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds backend changes that would close a running drive and fail to open it again. Unavailable drives need no check
 * because the engine retries them.
 */
final class OpenDriveCheck {
    static final String PATH = "path";

    /** Timeout of a check, which may wait for its storage (ms). */
    private static final long CHECK_MILLIS = 10_000;

    private final Types types;
    private final Running running;
    private final Set<String> added;
    private final Map<String, Setting> written;

    /**
     * Creates a check.
     *
     * @param added names of new drives that must open too
     * @param written settings of each drive by name
     */
    OpenDriveCheck(Types types, Running running, Set<String> added, Map<String, Setting> written) {
        this.types = types;
        this.running = running;
        this.added = added;
        this.written = written;
    }

    /** Reports each drive that would fail to open again. Returns the names of the running drives that are reopened. */
    Set<String> check(List<DriveSettings> drives) {
        Set<DriveSettings> changed = drives.stream()
                .filter(drive -> isReopened(drive) || added.contains(drive.name()))
                .collect(Collectors.toSet());
        if (!changed.isEmpty()) {
            checkImages(drives, changed);
            changed.forEach(this::checkBackend);
            changed.stream().filter(this::isReopened).forEach(this::warn);
        }
        drives.forEach(this::checkSize);
        drives.stream().filter(this::hasOtherFilters).forEach(this::checkFilters);
        return changed.stream()
                .filter(this::isReopened)
                .map(DriveSettings::name)
                .collect(Collectors.toSet());
    }

    /** Reports a size that a running drive cannot have, and one that would lose data. */
    private void checkSize(DriveSettings drive) {
        Running.RunningDrive before = running.drives().get(drive.name());
        Long size = before == null ? null : before.newSize(drive);
        Setting setting = written.get(drive.name());
        if (before == null || size == null || setting == null) {
            return;
        }
        Setting place = setting.child("backend").child(BlockOption.SIZE);
        if (size < before.size()) {
            place.fault("is less than the %s of the running drive and would lose data; to lose it, run"
                            .formatted(Measure.sizeText(before.size()))
                    + " \"resize %s %s --shrink\" first".formatted(drive.name(), Measure.sizeText(size)));
            return;
        }
        String refusal = refusal(drive);
        if (refusal != null) {
            place.fault("the running drive cannot have this size: " + refusal);
        }
    }

    private boolean hasOtherFilters(DriveSettings drive) {
        Running.RunningDrive before = running.drives().get(drive.name());
        return before != null && before.isOpen() && !before.settings().filters().equals(drive.filters());
    }

    private void checkFilters(DriveSettings drive) {
        for (FilterSettings filter : drive.filters()) {
            BlockFilterFactory factory = types.filters().get(filter.type());
            Setting setting = written.get(drive.name());
            if (factory != null && setting != null) {
                String refusal = refusal(factory, drive, filter.options());
                if (refusal != null) {
                    setting.child("filters").fault("filter " + filter.type() + ": " + refusal);
                }
            }
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

    /** Returns the real path of a drive's image, or null for a drive without one. */
    static @Nullable Path image(DriveSettings drive) {
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
        String refusal = refusal(drive);
        if (refusal != null) {
            fault(drive, refusal);
        }
    }

    /** Returns why the backend would not open with these settings, or null if it would. */
    private @Nullable String refusal(DriveSettings drive) {
        BlockFactory factory = types.backends().get(drive.backendType());
        return factory == null ? null : refusal(factory, drive, drive.backendOptions());
    }

    /** Returns why a factory would open nothing with these options, or null if it would. */
    private static @Nullable String refusal(BlockFactory factory, DriveSettings drive, Map<String, Object> options) {
        try {
            BoundedCalls.call(factory, CHECK_MILLIS, () -> {
                factory.check(drive.name(), options, drive.readOnly());
                return true;
            });
            return null;
        } catch (IOException | RuntimeException | Error e) {
            return FailureText.of(e);
        }
    }

    private void warn(DriveSettings drive) {
        Setting setting = written.get(drive.name());
        if (setting != null) {
            setting.child("backend")
                    .warn("the running drive is closed and opened again: its clients are disconnected, and a memory"
                            + " drive loses its contents");
        }
    }

    private void fault(DriveSettings drive, String reason) {
        Setting setting = written.get(drive.name());
        if (setting != null) {
            boolean isNew = added.contains(drive.name());
            setting.child("backend")
                    .fault((isNew ? "cannot be opened: " : "the running drive could not be opened again: ") + reason);
        }
    }
}
