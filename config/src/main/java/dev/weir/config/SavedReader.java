package dev.weir.config;

import dev.weir.config.saved.DefinitionKey;
import dev.weir.config.saved.SavedDefinition;
import dev.weir.drive.definition.Definition.Kind;
import dev.weir.drive.definition.Definition.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adds the definitions of commands to those of the operator's file. A name that both define is an error.
 *
 * <p>Confined to the reading thread.
 */
final class SavedReader {
    private static final Pattern LINE = Pattern.compile("(\\d+)(?:-\\d+)?: (.*)", Pattern.DOTALL);

    private final Saved saved;
    private final Path home;
    private final Findings findings;
    private final Map<DefinitionKey, Reading.Block> definitions = new HashMap<>();

    SavedReader(Saved saved, Path home, Findings findings) {
        this.saved = saved;
        this.home = home;
        this.findings = findings;
    }

    /** Reports files of the folder that are no definitions, and unreadable ones. */
    void reportFaults() {
        saved.faults().forEach((place, rule) -> findings.fault(new Place(1, place, 0), rule));
        saved.definitions().values().forEach(definition -> {
            String fault = definition.fault();
            if (fault != null) {
                report(definition.place(), fault, definition.text());
            }
        });
    }

    private void report(String place, String fault, String text) {
        Matcher form = LINE.matcher(fault);
        if (form.matches()) {
            int line = Integer.parseInt(form.group(1));
            SyntaxHint hint = SyntaxHint.of(Path.of(place), text, form.group(2), line);
            findings.fault(new Place(1, place, hint.line()), "is not HOCON: " + hint.text());
        } else {
            findings.fault(new Place(1, place, 0), Findings.shown(fault));
        }
    }

    /** Returns the blocks of the operator's file followed by those of commands, and records all of them. */
    List<Setting> with(Kind kind, List<Setting> operators) {
        List<Setting> all = new ArrayList<>(operators);
        operators.forEach(setting -> record(new DefinitionKey(kind, setting.key()), setting, Origin.OPERATOR));
        saved.definitions().forEach((key, definition) -> {
            if (key.kind() == kind && definition.settings() != null) {
                add(key, definition, all);
            }
        });
        return all;
    }

    private void add(DefinitionKey key, SavedDefinition definition, List<Setting> all) {
        SavedSource source = new SavedSource(definition, home);
        Setting setting = Setting.at(
                source, findings, List.of(key.kind().block(), key.name()), definition.settings(), source.place());
        Reading.Block other = definitions.get(key);
        if (other == null) {
            record(key, setting, definition.isTemporary() ? Origin.TEMPORARY : Origin.SAVED);
            all.add(setting);
        } else if (definition.isTemporary()) {
            findings.warn(source.place(), key.path(), "", "is now defined at " + other.place() + ", which holds");
        } else {
            setting.fault("is also defined at " + other.place() + "; remove one of them");
        }
    }

    /** Records a definition of the command line. */
    void record(DefinitionKey key, Setting setting, Origin origin) {
        if (setting.block() != null) {
            definitions.putIfAbsent(key, new Reading.Block(setting.block(), origin, setting.place()));
        }
    }

    Map<DefinitionKey, Reading.Block> definitions() {
        return definitions;
    }
}
