package dev.weir.config.saved;

import com.typesafe.config.ConfigObject;
import org.jspecify.annotations.Nullable;

/**
 * A definition of a drive or group by a command.
 *
 * @param place {@code weir.d/drive-vm1.conf}, or {@value #COMMAND} for a temporary one
 * @param settings its block; null if the file has a fault
 * @param fault fault of the file, perhaps with {@code LINE: } before it; null for none
 * @param text text of a file with a fault; empty otherwise
 */
public record SavedDefinition(String place, @Nullable ConfigObject settings, @Nullable String fault, String text) {
    /** Place of a temporary definition. */
    public static final String COMMAND = "shell";

    static SavedDefinition unreadable(String place, String fault) {
        return new SavedDefinition(place, null, fault, "");
    }

    /** Returns a definition that no file keeps. */
    public static SavedDefinition temporary(ConfigObject settings) {
        return new SavedDefinition(COMMAND, settings, null, "");
    }

    /** Returns whether no file keeps it. */
    public boolean isTemporary() {
        return place.equals(COMMAND);
    }
}
