package dev.weir.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SettingsMerge;
import dev.weir.config.saved.SettingsText;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.definition.RefusedChangeException.Reason;
import dev.weir.throttle.ThrottleLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of a definition after a change. The change gives them as a map, as words or as both. */
final class ChangedSettings {
    /** Value of a word that no setting has. */
    private static final String HOCON = "value";

    private final DefinitionChange change;
    private final DefinitionKey key;
    private final Path home;
    private final Running running;

    private ChangedSettings(DefinitionChange change, DefinitionKey key, Path home, Running running) {
        this.change = change;
        this.key = key;
        this.home = home;
        this.running = running;
    }

    /**
     * Returns the settings after a change.
     *
     * @param before settings before it
     * @param home base folder of relative paths
     * @throws RefusedChangeException if a key or value cannot be parsed
     */
    static ConfigObject of(DefinitionChange change, DefinitionKey key, ConfigObject before, Path home, Running running)
            throws RefusedChangeException {
        ChangedSettings changed = new ChangedSettings(change, key, home, running);
        try {
            return changed.withWords(changed.withMap(before));
        } catch (StackOverflowError e) {
            throw changed.refused("", "", "is nested too deeply");
        }
    }

    private RefusedChangeException refused(String path, String value, String rule) {
        String name = Findings.shown(path.isEmpty() ? key.path() : key.path() + "." + path);
        String shown = value.isEmpty() ? "" : Findings.shown(value);
        return new RefusedChangeException(Reason.INVALID, List.of(DefinitionFault.of(name, shown, rule)));
    }

    private ConfigObject withMap(ConfigObject before) throws RefusedChangeException {
        ConfigObject settings = before;
        for (Map.Entry<String, @Nullable Object> entry : change.settings().entrySet()) {
            settings = merged(settings, entry.getKey(), entry.getValue());
        }
        return settings;
    }

    private ConfigObject merged(ConfigObject settings, String path, @Nullable Object value)
            throws RefusedChangeException {
        try {
            return SettingsMerge.merged(settings, path, value);
        } catch (ConfigException e) {
            throw refused(
                    path,
                    String.valueOf(value),
                    "cannot be a setting: " + Findings.shown(String.valueOf(e.getMessage())));
        }
    }

    private ConfigObject withWords(ConfigObject before) throws RefusedChangeException {
        ConfigObject settings = before;
        List<String> options = new ArrayList<>();
        for (String word : change.words()) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw refused("", "", "\"" + Findings.shown(word) + "\" is not KEY=VALUE");
            }
            String name = word.substring(0, equals);
            String value = word.substring(equals + 1);
            List<String> option = key.kind() == Kind.DRIVE ? DriveOption.path(name) : null;
            if (option == null) {
                refuseMisspelt(name, value);
            }
            if (value.isEmpty()) {
                settings = merged(settings, option == null ? ofGroup(name) : ConfigUtil.joinPath(option), null);
            } else if (option == null) {
                settings = merged(settings, ofGroup(name), value(name, value));
            } else {
                options.add(word);
            }
        }
        return options.isEmpty() ? settings : withOptions(settings, options);
    }

    /** Refuses a word of a drive that is no key of the file and is near to an option of {@code -drive}. */
    private void refuseMisspelt(String name, String value) throws RefusedChangeException {
        boolean isKey = key.kind() != Kind.DRIVE || name.contains(".") || DriveReader.DRIVE_KEYS.contains(name);
        String near = isKey ? "" : Suggestion.near(name, DriveOption.names());
        if (!near.isEmpty()) {
            throw refused(name, value, "unknown key" + near);
        }
    }

    /** Returns the path of a word: of a group, limits need no {@code limits.} before them. */
    private String ofGroup(String name) {
        boolean isLimit = key.kind() == Kind.GROUP && ThrottleLimits.keys().contains(name);
        boolean isMinimum = key.kind() == Kind.GROUP && name.startsWith("min_");
        return isLimit ? "limits." + name : isMinimum ? name.replace("min_", "min.") : name;
    }

    private Object value(String name, String text) throws RefusedChangeException {
        if (!text.startsWith("[") && !text.startsWith("{")) {
            return text;
        }
        try {
            return Objects.requireNonNull(
                    SettingsText.parse(HOCON + " = " + text, "").get(HOCON));
        } catch (ConfigException e) {
            throw refused(name, text, "is not HOCON: " + Findings.shown(String.valueOf(e.getMessage())));
        }
    }

    private ConfigObject withOptions(ConfigObject before, List<String> options) throws RefusedChangeException {
        Findings findings = new Findings();
        ConfigObject settings = before;
        ConfigObject added = DriveOption.settings(key.name(), options, home, running, findings);
        if (findings.hasFaults()) {
            throw new RefusedChangeException(Reason.INVALID, findings.faults());
        }
        for (String path : added.keySet()) {
            settings = merged(settings, ConfigUtil.quoteString(path), added.get(path));
        }
        return settings;
    }

    /** Returns no settings. */
    static ConfigObject none() {
        return ConfigFactory.empty().root();
    }
}
