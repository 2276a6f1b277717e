package dev.weir.config;

import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SavedDefinition;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The definitions by commands.
 *
 * @param folder the folder {@code weir.d}; null without one
 * @param definitions definitions by key, those of files and temporary ones
 * @param faults faults of other files of the folder by place
 * @param added names of drives that a change adds, whose storage must be usable
 */
record Saved(
        @Nullable Path folder,
        Map<DefinitionKey, SavedDefinition> definitions,
        Map<String, String> faults,
        Set<String> added) {
    static final Saved NONE = new Saved(null, Map.of(), Map.of(), Set.of());

    /** Copies the definitions. */
    Saved {
        definitions = Collections.unmodifiableMap(new LinkedHashMap<>(definitions));
    }

    /**
     * Returns the definitions after a change.
     *
     * @param changes another definition by key, or null for a removed one
     * @param newDrives names of the added drives
     */
    Saved with(Map<DefinitionKey, @Nullable SavedDefinition> changes, Set<String> newDrives) {
        Map<DefinitionKey, SavedDefinition> after = new LinkedHashMap<>(definitions);
        changes.forEach((key, definition) -> {
            if (definition == null) {
                after.remove(key);
            } else {
                after.put(key, definition);
            }
        });
        return new Saved(folder, after, faults, newDrives);
    }
}
