package dev.weir.drive.definition;

import dev.weir.drive.definition.Definition.Kind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of a definition. Immutable if the values of its settings are.
 *
 * <p>Settings are given as a map, as words or as both; words apply after the map. A key of the map is a path of HOCON:
 * {@code limits.bps}. A value is a string, a number, a boolean, a list, a map or null. A string takes units:
 * {@code 10MiB}. A map merges with a block as in RFC 7396, and null removes a setting. The entries apply in the order
 * of the map.
 *
 * @param action the kind of change
 * @param kind drive or group
 * @param name its name
 * @param newName its name after a {@link Action#RENAME}; equal to {@code name} otherwise
 * @param settings settings by path
 * @param words settings as words {@code KEY=VALUE}: a path of HOCON or an option of {@code -drive}; a value that
 *     begins with a bracket or a brace is HOCON, and an empty one removes the setting
 * @param ifVersion the {@link Definition#version()} that the definition must have now; empty for any
 * @param isTemporary whether the change lasts only until the end of Weir
 * @param isDryRun whether the change is only checked
 * @param deletesStorage whether a {@link Action#REMOVE} also deletes the image of the drive
 */
public record DefinitionChange(
        Action action,
        Kind kind,
        String name,
        String newName,
        Map<String, @Nullable Object> settings,
        List<String> words,
        String ifVersion,
        boolean isTemporary,
        boolean isDryRun,
        boolean deletesStorage) {

    /** Kinds of changes. */
    public enum Action {
        /** Adds a new definition. */
        ADD,
        /** Adds a definition or replaces all settings of an existing one. */
        PUT,
        /** Changes some settings of an existing definition. */
        SET,
        /** Removes a definition. */
        REMOVE,
        /** Gives a definition another name. Definitions that refer to a group follow. */
        RENAME
    }

    /**
     * Copies the settings.
     *
     * @param action the kind of change
     * @param kind drive or group
     * @param name its name
     * @param newName its name after a rename
     * @param settings settings by path
     * @param words settings as words
     * @param ifVersion the version that the definition must have; empty for any
     * @param isTemporary whether the change ends with Weir
     * @param isDryRun whether the change is only checked
     * @param deletesStorage whether a removal deletes the image
     */
    public DefinitionChange {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        words = List.copyOf(words);
    }

    private static DefinitionChange of(Action action, Kind kind, String name, Map<String, @Nullable Object> settings) {
        return new DefinitionChange(action, kind, name, name, settings, List.of(), "", false, false, false);
    }

    /**
     * {@return a change that adds a definition}
     *
     * @param kind drive or group
     * @param name its name
     * @param settings settings by path
     */
    public static DefinitionChange add(Kind kind, String name, Map<String, @Nullable Object> settings) {
        return of(Action.ADD, kind, name, settings);
    }

    /**
     * {@return a change that adds a definition or replaces all settings of an existing one}
     *
     * @param kind drive or group
     * @param name its name
     * @param settings settings by path
     */
    public static DefinitionChange put(Kind kind, String name, Map<String, @Nullable Object> settings) {
        return of(Action.PUT, kind, name, settings);
    }

    /**
     * {@return a change of some settings}
     *
     * @param kind drive or group
     * @param name its name
     * @param settings settings by path
     */
    public static DefinitionChange set(Kind kind, String name, Map<String, @Nullable Object> settings) {
        return of(Action.SET, kind, name, settings);
    }

    /**
     * {@return a change that removes a definition}
     *
     * @param kind drive or group
     * @param name its name
     */
    public static DefinitionChange remove(Kind kind, String name) {
        return of(Action.REMOVE, kind, name, Map.of());
    }

    /**
     * {@return a change that gives a definition another name}
     *
     * @param kind drive or group
     * @param name its name
     * @param newName its other name
     */
    public static DefinitionChange rename(Kind kind, String name, String newName) {
        return new DefinitionChange(Action.RENAME, kind, name, newName, Map.of(), List.of(), "", false, false, false);
    }

    /**
     * {@return the change with settings as words}
     *
     * @param others words {@code KEY=VALUE}
     */
    public DefinitionChange withWords(List<String> others) {
        return new DefinitionChange(
                action, kind, name, newName, settings, others, ifVersion, isTemporary, isDryRun, deletesStorage);
    }

    /**
     * {@return the change on condition of a version}
     *
     * @param version the version that the definition must have; empty for any
     */
    public DefinitionChange ifVersion(String version) {
        return new DefinitionChange(
                action, kind, name, newName, settings, words, version, isTemporary, isDryRun, deletesStorage);
    }

    /** {@return the change until the end of Weir} */
    public DefinitionChange temporary() {
        return new DefinitionChange(
                action, kind, name, newName, settings, words, ifVersion, true, isDryRun, deletesStorage);
    }

    /** {@return the check of the change} */
    public DefinitionChange dryRun() {
        return new DefinitionChange(
                action, kind, name, newName, settings, words, ifVersion, isTemporary, true, deletesStorage);
    }

    /** {@return the removal together with the image} */
    public DefinitionChange withStorage() {
        return new DefinitionChange(
                action, kind, name, newName, settings, words, ifVersion, isTemporary, isDryRun, true);
    }
}
