package dev.weir.junit;

import dev.weir.engine.EmbeddedEngine;
import org.jspecify.annotations.Nullable;

/**
 * The use of an engine by one drive.
 *
 * @param driveName the name that the drive has in it
 * @param groupName the group that the drive is in; null if it is in none
 * @param end ends the use, once
 */
record EngineLease(EmbeddedEngine engine, String driveName, @Nullable String groupName, Runnable end) {
    static final String NAME = "disk";

    /** Returns the use of an engine by its only drive. */
    static EngineLease alone() {
        EmbeddedEngine engine = Described.engine();
        return new EngineLease(engine, NAME, null, engine::close);
    }
}
