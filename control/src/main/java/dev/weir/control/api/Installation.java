package dev.weir.control.api;

import dev.weir.block.BlockFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.DriveControl;
import dev.weir.event.EventLog;
import dev.weir.view.reload.ReloadSources;
import dev.weir.view.system.StatusView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The services that the API shows and changes. Any of them may appear or disappear at any time. Thread-safe. */
public interface Installation extends ReloadSources {

    /** Returns a drive by name; null if it is unknown. */
    @Nullable
    DriveControl drive(String name);

    /** Returns the cluster; null while it is off. */
    @Nullable
    ClusterControl cluster();

    /** Returns the recent events; null while the engine is not running. */
    @Nullable
    EventLog events();

    /** Returns the installed policy types by name. */
    List<String> policyTypes();

    /** Returns the installed backend types. */
    List<BlockFactory> backends();

    /** Returns the installed filter types. */
    List<BlockFilterFactory> filters();

    /** Returns the status of this Weir. */
    StatusView status();

    /** Returns the address of the metrics endpoint ({@code tcp:host:port}); empty without one. */
    String metrics();
}
