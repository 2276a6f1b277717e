package dev.weir.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueFactory;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SavedDefinition;
import dev.weir.config.saved.SavedFolder;
import dev.weir.config.saved.SettingsText;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionChange.Action;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The effect of a change on the definitions by commands. It writes nothing.
 *
 * @param key the definition after the change
 * @param definitions new definitions by key in the order of writing; null for a removed one
 * @param added names of the added drives
 */
record DefinitionEdit(DefinitionKey key, Map<DefinitionKey, @Nullable SavedDefinition> definitions, Set<String> added) {

    /** Returns the definition after the change; null after a removal. */
    @Nullable
    SavedDefinition definition() {
        return definitions.get(key);
    }

    /**
     * Returns the old name of a drive whose file only gets another name; null for any other change.
     *
     * @param files definitions of files
     */
    @Nullable
    DefinitionKey renamedFile(Map<DefinitionKey, SavedDefinition> files) {
        SavedDefinition now = definition();
        if (now == null || now.isTemporary() || key.kind() != Kind.DRIVE || definitions.size() != 2) {
            return null;
        }
        for (DefinitionKey other : definitions.keySet()) {
            SavedDefinition old = files.get(other);
            if (!other.equals(key) && old != null && Objects.equals(old.settings(), now.settings())) {
                return other;
            }
        }
        return null;
    }

    /**
     * Returns the effect of a change.
     *
     * @param saved definitions by commands
     * @param known all definitions by key
     * @throws RefusedChangeException if the change is not possible; its values are not checked here
     */
    static DefinitionEdit of(
            DefinitionChange change,
            Saved saved,
            Map<DefinitionKey, Reading.Block> known,
            Inputs inputs,
            Running running)
            throws RefusedChangeException {
        return new Editor(change, saved, known, inputs, running).edit();
    }

    /** The definitions before a change. */
    private record Editor(
            DefinitionChange change,
            Saved saved,
            Map<DefinitionKey, Reading.Block> known,
            Inputs inputs,
            Running running) {

        DefinitionEdit edit() throws RefusedChangeException {
            DefinitionKey key = key(change.name());
            ConfigObject before = before(key);
            Action action = change.action();
            if (change.deletesStorage() && (action != Action.REMOVE || key.kind() != Kind.DRIVE)) {
                throw refused(Reason.INVALID, key, "only the removal of a drive can delete storage");
            }
            if (action == Action.ADD && (before != null || saved.definitions().containsKey(key))) {
                throw refused(Reason.EXISTS, key, "exists already");
            }
            if (before == null && action != Action.ADD && action != Action.PUT && !isBroken(key)) {
                throw refused(Reason.ABSENT, key, "no such " + key.kind().word() + near(key));
            }
            checkVersion(key, before);
            if (action == Action.REMOVE) {
                List<String> members = members(key);
                if (!members.isEmpty()) {
                    throw refused(
                            Reason.INVALID,
                            key,
                            "still has members: move or remove " + String.join(", ", members) + " first");
                }
                Map<DefinitionKey, @Nullable SavedDefinition> removal = new LinkedHashMap<>();
                removal.put(key, null);
                return new DefinitionEdit(key, removal, Set.of());
            }
            if (action == Action.RENAME) {
                return renamed(key, before == null ? ChangedSettings.none() : before);
            }
            ConfigObject base = action == Action.SET && before != null ? before : ChangedSettings.none();
            ConfigObject settings = ChangedSettings.of(change, key, base, inputs.home(), running);
            Set<String> added = before == null && key.kind() == Kind.DRIVE ? Set.of(key.name()) : Set.of();
            return new DefinitionEdit(key, Map.of(key, defined(key, settings)), added);
        }

        private DefinitionKey key(String name) throws RefusedChangeException {
            DefinitionKey key = new DefinitionKey(change.kind(), name);
            if (!Names.isSafe(name)) {
                throw refused(Reason.INVALID, key, Names.RULE);
            }
            return key;
        }

        /** Returns the settings before the change; null if no such definition exists. */
        private @Nullable ConfigObject before(DefinitionKey key) throws RefusedChangeException {
            SavedDefinition own = saved.definitions().get(key);
            Reading.Block block = known.get(key);
            if (own != null) {
                return own.settings();
            }
            if (block != null && block.origin() == Origin.OPERATOR) {
                Place place = block.place();
                throw new RefusedChangeException(
                        change.action() == Action.ADD ? Reason.EXISTS : Reason.OPERATOR,
                        List.of(new DefinitionFault(
                                place.name(),
                                place.line(),
                                Findings.shown(key.path()),
                                "",
                                "is defined here; " + remedy(place))));
            }
            return null;
        }

        /** Returns how to change a definition of the operator. */
        private String remedy(Place place) {
            return place.isDriveOption()
                    ? "change this option of the command line and start Weir again"
                    : "edit " + Findings.shown(inputs.path(place)) + ", which Weir does not change";
        }

        /** Returns the drives and groups that commands have defined in a group. */
        private List<String> members(DefinitionKey group) {
            return group.kind() != Kind.GROUP
                    ? List.of()
                    : saved.definitions().entrySet().stream()
                            .filter(other -> isMember(other.getKey(), other.getValue(), group))
                            .map(other -> other.getKey().toString())
                            .sorted()
                            .toList();
        }

        private static boolean isMember(DefinitionKey other, SavedDefinition definition, DefinitionKey group) {
            ConfigObject its = definition.settings();
            return its != null && group.name().equals(text(its, reference(other)));
        }

        private static String reference(DefinitionKey of) {
            return of.kind() == Kind.DRIVE ? "group" : "parent";
        }

        private boolean isBroken(DefinitionKey key) {
            SavedDefinition own = saved.definitions().get(key);
            return own != null && own.fault() != null && change.action() == Action.REMOVE;
        }

        private void checkVersion(DefinitionKey key, @Nullable ConfigObject before) throws RefusedChangeException {
            String version = before == null ? "" : SettingsText.version(before);
            if (!change.ifVersion().isEmpty() && !change.ifVersion().equals(version)) {
                throw refused(
                        Reason.OUTDATED,
                        key,
                        version.isEmpty() ? "does not exist" : "has changed; its version is " + version);
            }
        }

        private String near(DefinitionKey key) {
            List<String> names = known.keySet().stream()
                    .filter(other -> other.kind() == key.kind())
                    .map(DefinitionKey::name)
                    .sorted()
                    .toList();
            return Suggestion.near(key.name(), names);
        }

        private SavedDefinition defined(DefinitionKey key, ConfigObject settings) {
            return change.isTemporary() ? SavedDefinition.temporary(settings) : SavedFolder.of(key, settings);
        }

        private DefinitionEdit renamed(DefinitionKey key, ConfigObject settings) throws RefusedChangeException {
            DefinitionKey newKey = key(change.newName());
            if (known.containsKey(newKey) || saved.definitions().containsKey(newKey)) {
                throw refused(Reason.EXISTS, newKey, "exists already");
            }
            boolean isDrive = key.kind() == Kind.DRIVE;
            if (isDrive && running.isOpen(key.name()) && "memory".equals(type(settings))) {
                throw refused(Reason.INVALID, key, "a drive in memory would lose its contents; remove it and add it");
            }
            Map<DefinitionKey, @Nullable SavedDefinition> definitions = new LinkedHashMap<>();
            definitions.put(newKey, defined(newKey, settings));
            if (!isDrive) {
                saved.definitions().forEach((other, member) -> {
                    ConfigObject its = member.settings();
                    if (its != null && isMember(other, member, key)) {
                        ConfigObject moved =
                                its.withValue(reference(other), ConfigValueFactory.fromAnyRef(newKey.name()));
                        boolean isTemporary = change.isTemporary() || member.isTemporary();
                        definitions.put(
                                other, isTemporary ? SavedDefinition.temporary(moved) : SavedFolder.of(other, moved));
                    }
                });
            }
            definitions.put(key, null);
            return new DefinitionEdit(newKey, definitions, isDrive ? Set.of(newKey.name()) : Set.of());
        }

        private static @Nullable String type(ConfigObject settings) {
            return settings.get("backend") instanceof ConfigObject backend ? text(backend, "type") : null;
        }

        /** Returns a setting as text, because a name may be written as a number. */
        private static @Nullable String text(ConfigObject settings, String key) {
            return settings.get(key) == null
                    ? null
                    : String.valueOf(settings.get(key).unwrapped());
        }
    }

    /** Returns a refusal. */
    static RefusedChangeException refused(Reason reason, DefinitionKey key, String rule) {
        return new RefusedChangeException(reason, List.of(DefinitionFault.of(Findings.shown(key.path()), "", rule)));
    }
}
