package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input with settings: the file with its includes, or an option of the command line. */
interface Source {

    /** Returns the place of a value, or null if the value is not from this source. */
    @Nullable
    Place place(ConfigOrigin origin);

    /** Returns the name of a setting in this source. It is empty if the place alone identifies the setting. */
    String name(List<String> path);

    /** Returns the base folder of relative paths. */
    Path folder();
}
