package dev.weir.config;

import dev.weir.block.BlockOption;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Drives, groups and exports before a change. A change must not interrupt a running drive (see {@code
 * docs/design/decisions/018-live-changes.md}).
 *
 * @param drives all drives by name, including unavailable ones
 * @param groups all groups by name
 * @param exports all exports
 */
record Running(Map<String, RunningDrive> drives, Map<String, GroupSettings> groups, Collection<DriveExport> exports) {
    static final Running NONE = new Running(Map.of(), Map.of(), List.of());

    /**
     * A drive of the engine.
     *
     * @param settings current settings
     * @param isOpen whether clients can use it
     * @param isServing whether it is open and its policy releases requests
     * @param size size (bytes); 0 while it is not open
     */
    record RunningDrive(DriveSettings settings, boolean isOpen, boolean isServing, long size) {
        private static RunningDrive of(DriveSnapshot drive) {
            return new RunningDrive(
                    drive.settings(),
                    drive.state() != DriveSnapshot.State.UNAVAILABLE,
                    drive.state() == DriveSnapshot.State.SERVING,
                    drive.size());
        }

        /**
         * Returns whether the new settings differ in the backend, its options except the size, or {@code read-only}.
         */
        boolean hasOtherBackend(DriveSettings other) {
            return !settings.backendType().equals(other.backendType())
                    || !withoutSize(settings).equals(withoutSize(other))
                    || settings.readOnly() != other.readOnly();
        }

        /** Returns the size that the new settings give to the running drive, or null if they change none. */
        @Nullable
        Long newSize(DriveSettings other) {
            Object before = settings.backendOptions().get(BlockOption.SIZE);
            return isOpen
                            && !hasOtherBackend(other)
                            && other.backendOptions().get(BlockOption.SIZE) instanceof Long wanted
                            && !wanted.equals(before)
                            && wanted != size
                    ? wanted
                    : null;
        }

        private static Map<String, Object> withoutSize(DriveSettings settings) {
            Map<String, Object> options = new HashMap<>(settings.backendOptions());
            options.remove(BlockOption.SIZE);
            return options;
        }
    }

    static Running of(
            Collection<DriveControl> drives, Collection<GroupControl> groups, Collection<DriveExport> exports) {
        Map<String, RunningDrive> running = new HashMap<>();
        drives.forEach(drive -> running.put(drive.name(), RunningDrive.of(drive.snapshot())));
        Map<String, GroupSettings> shared = new HashMap<>();
        groups.forEach(group -> shared.put(group.name(), group.snapshot().settings()));
        return new Running(running, shared, exports);
    }

    /** Returns the settings of a drive, or null if no such drive exists. */
    @Nullable
    DriveSettings settings(String drive) {
        RunningDrive found = drives.get(drive);
        return found == null ? null : found.settings();
    }

    boolean isOpen(String drive) {
        RunningDrive found = drives.get(drive);
        return found != null && found.isOpen();
    }

    boolean isServing(String drive) {
        RunningDrive found = drives.get(drive);
        return found != null && found.isServing();
    }
}
