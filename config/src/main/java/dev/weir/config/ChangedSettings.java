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
        refuseSplit();
        for (String word : change.words()) {
            int equals = word.indexOf('=');
            String name = word.substring(0, equals);
            String value = word.substring(equals + 1);
            boolean isBlock = isHocon(value) && DriveReader.DRIVE_KEYS.contains(name);
            List<String> option = key.kind() == Kind.DRIVE && !isBlock ? DriveOption.path(name) : null;
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

    /**
     * Refuses a word that is not {@code KEY=VALUE}. After a key whose value is missing or has an open bracket, it is
     * probably a part of that value.
     */
    private void refuseSplit() throws RefusedChangeException {
        List<String> words = change.words();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).indexOf('=') < 1 || isHocon(words.get(i))) {
                int start = startOfValue(words.subList(0, i));
                String first = start < 0 ? "" : words.get(start);
                int equals = first.indexOf('=');
                if (equals < 1) {
                    String advice = isHocon(words.get(i)) ? "; put key and value in quotes: 'KEY=…'" : "";
                    throw refused("", "", "\"" + Findings.shown(words.get(i)) + "\" is not KEY=VALUE" + advice);
                }
                String name = first.substring(0, equals);
                String value =
                        String.join(" ", words.subList(start, words.size())).substring(equals + 1);
                throw refused(name, value.strip(), "came as several words; " + quote(name));
            }
        }
    }

    /** Returns the index of the last word whose value goes on in the words after it; -1 for none. */
    private static int startOfValue(List<String> words) {
        for (int i = words.size() - 1; i >= 0; i--) {
            String value = words.get(i).substring(words.get(i).indexOf('=') + 1);
            boolean isLast = i == words.size() - 1;
            if ((isLast && value.isEmpty()) || (isHocon(value) && isOpen(value))) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isOpen(String value) {
        int depth = 0;
        for (int i = 0; i < value.length(); i++) {
            depth += "[{".indexOf(value.charAt(i)) >= 0 ? 1 : "]}".indexOf(value.charAt(i)) >= 0 ? -1 : 0;
        }
        return depth > 0;
    }

    private static String quote(String name) {
        return "put the whole word in quotes: '" + Findings.shown(name) + "=…'";
    }

    private static boolean isHocon(String value) {
        return value.startsWith("[") || value.startsWith("{");
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
        if (!isHocon(text)) {
            return text;
        }
        try {
            return Objects.requireNonNull(
                    SettingsText.parse(HOCON + " = " + text, "").get(HOCON));
        } catch (ConfigException e) {
            String reason = Findings.shown(String.valueOf(e.getMessage()).replaceFirst("^: \\d+: ", ""));
            throw refused(
                    name, text, "is not HOCON; if a shell took quotes or spaces, " + quote(name) + " (" + reason + ")");
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
