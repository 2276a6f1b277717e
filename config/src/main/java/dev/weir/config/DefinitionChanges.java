package dev.weir.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SavedDefinition;
import dev.weir.config.saved.SavedFolder;
import dev.weir.config.saved.SettingsText;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.log.FailureText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of definitions by commands: checked with the whole configuration, written, applied. A refused change leaves
 * the files, the temporary definitions and the drives as they were.
 *
 * <p>Confined to the configuration thread.
 */
final class DefinitionChanges {
    private static final Logger LOG = LoggerFactory.getLogger(DefinitionChanges.class);

    private final Inputs inputs;
    private final SavedFolder folder;
    private final AppliedConfiguration applied;

    /** Temporary definitions; an empty one hides a file until the end of Weir. */
    private final Map<DefinitionKey, Optional<ConfigObject>> temporary = new LinkedHashMap<>();

    private volatile List<String> temporaryNames = List.of();

    DefinitionChanges(Inputs inputs, SavedFolder folder, AppliedConfiguration applied) {
        this.inputs = inputs;
        this.folder = folder;
        this.applied = applied;
    }

    /**
     * An applied change.
     *
     * @param outcome its outcome
     * @param reading the configuration after it; null if nothing has changed
     * @param deletion deletion of storage that is due; null for none
     */
    record Applied(ChangeOutcome outcome, @Nullable Reading reading, @Nullable StorageDeletion deletion) {
        private static final Applied NOTHING = new Applied(new ChangeOutcome(null, List.of(), List.of()), null, null);

        /** Returns the drive that the change has defined; empty for none. */
        String drive() {
            Definition after = outcome.definition();
            return after == null || after.kind() != Kind.DRIVE ? "" : after.name();
        }

        /**
         * Deletes the storage that is due. Returns the outcome with a warning if that fails.
         *
         * @param state why the drive does not serve now; empty if it does
         */
        ChangeOutcome settled(String state) {
            String warning = deletion == null ? "" : deletion.delete();
            List<String> warnings = new ArrayList<>(outcome.warnings());
            if (!state.isEmpty()) {
                warnings.add(state);
            }
            if (!warning.isEmpty()) {
                warnings.add(warning);
            }
            return new ChangeOutcome(outcome.definition(), outcome.changes(), warnings);
        }
    }

    /** Returns the definitions of files and the temporary ones. */
    Saved saved() {
        SavedFolder.Content content = folder.read();
        Map<DefinitionKey, @Nullable SavedDefinition> changes = new HashMap<>();
        temporary.forEach((key, settings) ->
                changes.put(key, settings.map(SavedDefinition::temporary).orElse(null)));
        return new Saved(folder.path(), content.definitions(), content.faults(), Set.of()).with(changes, Set.of());
    }

    /** Returns the drives and groups with temporary changes. Thread-safe. */
    List<String> temporary() {
        return temporaryNames;
    }

    private void nameTemporary() {
        temporaryNames = temporary.keySet().stream()
                .map(DefinitionKey::toString)
                .sorted()
                .toList();
    }

    /** A change on the configuration thread. */
    interface Step {

        /** Makes the change. */
        Applied make() throws RefusedChangeException;
    }

    /** Makes a change. A file that changed before it and was not applied with it still counts as changed. */
    static Applied watched(Step step, FileWatch watch) throws RefusedChangeException {
        Reading reading = null;
        watch.begin();
        try {
            Applied made = step.make();
            reading = made.reading();
            if (reading != null) {
                watch.end(reading.files(), true);
                watch.accept();
            }
            return made;
        } finally {
            if (reading == null) {
                watch.abandon();
            }
        }
    }

    /** Undoes all temporary changes. */
    Applied restore(Function<Saved, Reading> reader) throws RefusedChangeException {
        if (temporary.isEmpty()) {
            return Applied.NOTHING;
        }
        Map<DefinitionKey, Optional<ConfigObject>> earlier = new LinkedHashMap<>(temporary);
        temporary.clear();
        try {
            Reading reading = reader.apply(saved());
            if (!reading.details().isEmpty()) {
                throw new RefusedChangeException(Reason.FAILED, reading.details());
            }
            List<String> changes = applied.apply(reading);
            earlier.clear();
            return new Applied(new ChangeOutcome(null, changes, List.of()), reading, null);
        } catch (IOException e) {
            throw new RefusedChangeException(Reason.FAILED, List.of(DefinitionFault.of("", "", FailureText.of(e))));
        } finally {
            temporary.putAll(earlier);
            nameTemporary();
        }
    }

    /**
     * Makes a change.
     *
     * @param reader reads and checks the configuration with other definitions by commands
     * @param running running drives
     * @throws RefusedChangeException if it is refused
     */
    Applied make(DefinitionChange change, Function<Saved, Reading> reader, Running running)
            throws RefusedChangeException {
        Saved before = saved();
        String unusable = before.faults().get(SavedFolder.PLACE);
        if (unusable != null) {
            throw new RefusedChangeException(
                    Reason.FAILED, List.of(new DefinitionFault(SavedFolder.PLACE, 0, "", "", unusable)));
        }
        DefinitionEdit edit = DefinitionEdit.of(change, before, applied.definitions(), inputs, running);
        if (isSame(edit, before)) {
            Definition same = applied.find(edit.key());
            return new Applied(new ChangeOutcome(same, List.of(), List.of()), null, null);
        }
        Reading reading = reader.apply(before.with(edit.definitions(), edit.added()));
        checkFiles(edit, reading.files());
        check(edit, before, reading, reader);
        StorageDeletion deletion = change.deletesStorage()
                ? StorageDeletion.of(
                        edit.key(), settings(before.definitions().get(edit.key())), inputs.home(), reading.drives())
                : null;
        Definition after = definition(edit.key(), reading);
        List<String> warnings = reading.notes().stream()
                .filter(note -> concerns(note, edit.key()))
                .map(DefinitionFault::toString)
                .toList();
        if (change.isDryRun()) {
            return new Applied(new ChangeOutcome(after, List.of(), warnings), null, null);
        }
        ChangeOutcome outcome = new ChangeOutcome(after, store(edit, change.isTemporary(), reading), warnings);
        return new Applied(outcome, reading, deletion);
    }

    private static @Nullable ConfigObject settings(@Nullable SavedDefinition definition) {
        return definition == null ? null : definition.settings();
    }

    private static @Nullable Definition definition(DefinitionKey key, Reading reading) {
        Reading.Block block = reading.definitions().get(key);
        return block == null ? null : AppliedConfiguration.definition(key, block);
    }

    private static boolean isSame(DefinitionEdit edit, Saved before) {
        SavedDefinition old = before.definitions().get(edit.key());
        SavedDefinition now = edit.definition();
        return edit.definitions().size() == 1
                && now != null
                && old != null
                && old.isTemporary() == now.isTemporary()
                && now.settings() != null
                && now.settings().equals(old.settings());
    }

    private static boolean concerns(DefinitionFault fault, DefinitionKey key) {
        boolean isCommand =
                fault.file().equals(SavedFolder.place(key)) || fault.file().equals(SavedDefinition.COMMAND);
        return isCommand && (fault.key().equals(key.path()) || fault.key().startsWith(key.path() + "."));
    }

    private void check(DefinitionEdit edit, Saved before, Reading reading, Function<Saved, Reading> reader)
            throws RefusedChangeException {
        if (!reading.details().isEmpty()) {
            boolean isOlder = reader.apply(before).details().containsAll(reading.details());
            List<DefinitionFault> faults = reading.details().stream()
                    .map(fault -> concerns(fault, edit.key()) ? fault.withoutPlace() : fault)
                    .toList();
            throw new RefusedChangeException(isOlder || reading.isFailed() ? Reason.FAILED : Reason.INVALID, faults);
        }
        for (Map.Entry<DefinitionKey, @Nullable SavedDefinition> entry :
                edit.definitions().entrySet()) {
            SavedDefinition definition = entry.getValue();
            if (definition != null && definition.settings() != null) {
                checkSize(entry.getKey(), definition.settings());
                if (!definition.isTemporary()) {
                    checkGroup(entry.getKey(), definition.settings(), reading);
                }
            }
        }
    }

    private static void checkSize(DefinitionKey key, ConfigObject settings) throws RefusedChangeException {
        if (SettingsText.readable(settings).length() > SavedFolder.MAX_BYTES / 4) {
            throw DefinitionEdit.refused(
                    Reason.INVALID, key, "is too large; at most " + (SavedFolder.MAX_BYTES >> 12) + " KiB are kept");
        }
    }

    /** Refuses a drive on Weir's own files, which include these files of the configuration. */
    private void checkFiles(DefinitionEdit edit, Set<Path> files) throws RefusedChangeException {
        ConfigObject settings = settings(edit.definition());
        ConfigValue backend = settings == null ? null : settings.get("backend");
        String own = backend == null ? null : new OwnFiles(inputs.home(), files).find(backend.unwrapped());
        if (own != null) {
            throw new RefusedChangeException(
                    Reason.INVALID,
                    List.of(DefinitionFault.of(edit.key().path() + ".backend", Findings.shown(own), OwnFiles.RULE)));
        }
    }

    /** A saved drive needs a group that lasts as well. */
    private static void checkGroup(DefinitionKey key, ConfigObject settings, Reading reading)
            throws RefusedChangeException {
        String reference = key.kind() == Kind.DRIVE ? "group" : "parent";
        if (settings.get(reference) == null) {
            return;
        }
        String group = String.valueOf(settings.get(reference).unwrapped());
        Reading.Block block = reading.definitions().get(new DefinitionKey(Kind.GROUP, group));
        if (block != null && block.origin() == Definition.Origin.TEMPORARY) {
            throw new RefusedChangeException(
                    Reason.INVALID,
                    List.of(DefinitionFault.of(
                            key.path() + "." + reference,
                            Findings.shown(group),
                            "is a group that lasts only until the end of Weir; save it first")));
        }
    }

    /** Writes and applies a change. Returns the lines of the applied changes. */
    private List<String> store(DefinitionEdit edit, boolean isTemporary, Reading reading)
            throws RefusedChangeException {
        Map<DefinitionKey, SavedDefinition> files = folder.read().definitions();
        Map<DefinitionKey, Optional<ConfigObject>> earlier = new LinkedHashMap<>(temporary);
        List<DefinitionKey> written = new ArrayList<>();
        try {
            DefinitionKey old = edit.renamedFile(files);
            for (Map.Entry<DefinitionKey, @Nullable SavedDefinition> entry :
                    edit.definitions().entrySet()) {
                written.add(entry.getKey());
                if (old == null) {
                    store(entry.getKey(), entry.getValue(), isTemporary, files.get(entry.getKey()));
                }
            }
            if (old != null) {
                folder.rename(old, edit.key()); // a crash leaves one of the names
            }
            List<String> changes = applied.apply(reading);
            nameTemporary();
            return changes;
        } catch (IOException e) {
            temporary.clear();
            temporary.putAll(earlier);
            written.forEach(key -> restore(key, files.get(key)));
            throw DefinitionEdit.refused(
                    Reason.FAILED, edit.key(), "cannot be saved in " + folder.path() + ": " + FailureText.of(e));
        }
    }

    /**
     * Stores one definition. A temporary one that equals the file is no change, and neither is a removal without one.
     *
     * @param file the definition in the folder; null without one
     */
    private void store(
            DefinitionKey key,
            @Nullable SavedDefinition definition,
            boolean isTemporary,
            @Nullable SavedDefinition file)
            throws IOException {
        ConfigObject settings = settings(definition);
        if (isTemporary && Objects.equals(settings, settings(file))) {
            temporary.remove(key);
        } else if (definition == null && isTemporary) {
            temporary.put(key, Optional.empty());
        } else if (definition == null) {
            folder.delete(key);
            temporary.remove(key);
        } else if (settings != null && definition.isTemporary()) {
            temporary.put(key, Optional.of(settings));
        } else if (settings != null) {
            folder.write(key, settings);
            temporary.remove(key);
        }
    }

    /** Restores the file of a definition after a failure. */
    private void restore(DefinitionKey key, @Nullable SavedDefinition file) {
        try {
            ConfigObject settings = settings(file);
            if (settings != null) {
                folder.write(key, settings);
            } else if (file == null) {
                folder.delete(key);
            }
        } catch (IOException e) {
            LOG.error("the file of {} cannot be restored", key, e);
        }
    }
}
