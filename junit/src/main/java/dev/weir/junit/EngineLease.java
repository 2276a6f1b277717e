package dev.weir.junit;

import dev.weir.engine.EmbeddedEngine;
import org.jspecify.annotations.Nullable;

/**
 * The use of an engine by one drive.
 *
 * @param engine the engine
 * @param driveName name of the drive in the engine
 * @param groupName group of the drive; null without a group
 * @param end ends the use; called once
 */
record EngineLease(EmbeddedEngine engine, String driveName, @Nullable String groupName, Runnable end) {
    static final String NAME = "disk";

    /** Returns the use of a new engine by its only drive. */
    static EngineLease alone() {
        EmbeddedEngine engine = Described.engine();
        return new EngineLease(engine, NAME, null, engine::close);
    }
}
