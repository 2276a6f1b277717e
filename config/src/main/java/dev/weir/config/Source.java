package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What settings were written in: the file with what it includes, or one option of the command line. */
interface Source {

    /** Returns where a value was written, or null if that is not in this source. */
    @Nullable
    Place place(ConfigOrigin origin);

    /** Returns what whoever wrote it calls the setting at this path; empty if the place says it all. */
    String name(List<String> path);

    /** Returns the folder that relative paths start from. */
    Path folder();
}
