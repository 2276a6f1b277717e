package dev.weir.view.reload;

import dev.weir.drive.definition.Definitions;
import dev.weir.view.source.DriveSources;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The services that a reload uses. Any of them may come and go. Implementations are thread-safe. */
public interface ReloadSources extends DriveSources {

    /** Returns the definitions of drives and groups; null while the configuration is not running. */
    @Nullable
    Definitions definitions();

    /** Returns the properties of the configuration service; empty before the configuration is read. */
    Map<String, Object> configurationProperties();

    /** Returns the errors of exports and other parts, for example unusable addresses. */
    List<String> exportFaults();

    /** Returns the addresses of exports that some of their users cannot reach, with the reasons. */
    List<String> exportWarnings();
}
