package dev.weir.engine;

import dev.weir.block.BlockFactory;
import dev.weir.drive.settings.DriveSettings;
import org.jspecify.annotations.Nullable;

/** The rules by which open storage must close because its drive shall have another backend. */
final class BackendChange {
    private BackendChange() {}

    /** Returns why a drive is unavailable whose backend is not registered. */
    static String missing(DriveSettings settings) {
        return "backend " + settings.backendType() + " is missing";
    }

    /** Returns whether settings ask for another backend than others do. The size alone changes no backend. */
    static boolean isAnother(DriveSettings one, DriveSettings other) {
        return !one.backendType().equals(other.backendType())
                || !DriveSize.otherOptions(one).equals(DriveSize.otherOptions(other))
                || one.readOnly() != other.readOnly();
    }

    /**
     * Returns why open storage closes.
     *
     * @param by the factory that shall serve the drive; null if it is missing
     * @param openedAs the settings of the open storage
     * @param wanted the settings that the drive shall have
     */
    static String reason(@Nullable BlockFactory by, DriveSettings openedAs, DriveSettings wanted) {
        if (by == null) {
            return missing(wanted);
        }
        return isAnother(openedAs, wanted) ? "its backend has another configuration" : "its backend is replaced";
    }
}
