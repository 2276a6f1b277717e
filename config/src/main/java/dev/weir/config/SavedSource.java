package dev.weir.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import dev.weir.config.saved.SavedDefinition;
import java.nio.file.Path;
import java.util.List;

/**
 * A definition by a command. Relative paths start from the home.
 *
 * @param definition the definition
 * @param folder the home
 */
record SavedSource(SavedDefinition definition, Path folder) implements Source {
    /** Order of its places: after the operator's file, before the command line. */
    private static final int ORDER = 1;

    /** Returns the place of the definition as a whole. */
    Place place() {
        return new Place(ORDER, definition.place(), 0);
    }

    @Override
    public Place place(ConfigOrigin origin) {
        int line = definition.isTemporary() ? 0 : Math.max(origin.lineNumber(), 0);
        return new Place(ORDER, definition.place(), line);
    }

    @Override
    public String name(List<String> path) {
        return Findings.shown(ConfigUtil.joinPath(path));
    }
}
