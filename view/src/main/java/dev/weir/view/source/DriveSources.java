package dev.weir.view.source;

import dev.weir.clock.Clock;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.settings.ConfigurationSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The services that views show. Any of them may come and go. Implementations are thread-safe. */
public interface DriveSources {

    /** Returns all drives in the order of the configuration. */
    List<DriveControl> drives();

    /** Returns all groups by name. */
    List<GroupControl> groups();

    /** Returns the running exports. */
    List<DriveExport> exports();

    /** Returns the configuration; null before its first read. */
    @Nullable
    ConfigurationSource source();

    /** Returns the clock that times the snapshots for rates; null during an update of the engine. */
    @Nullable
    Clock time();
}
