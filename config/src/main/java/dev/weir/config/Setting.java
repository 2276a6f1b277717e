package dev.weir.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key that may be set: where that is, and what it holds. What cannot be read as asked is reported and reads as
 * null or nothing, so that whoever reads goes on to the next fault. Confined to the thread that reads.
 */
final class Setting {
    private static final String UNRESOLVED = "refers to something that is not set";

    private static final String LIST = ", not a list; each entry has its name before its block: NAME { … }";

    /** The hint that belongs to a substitution that was written as text. */
    private static final String QUOTED = "; a ${…} in quotes is plain text, so put the quotes around the rest only";

    private final Source source;
    private final Findings findings;
    private final List<String> path;
    private final Place place;

    /** Null if it is not set, or set to null, which is HOCON's way to take back what was set before. */
    private final @Nullable ConfigValue value;

    /** Whether all substitutions that it is made of, not counting those of what is inside it, were found. */
    private final boolean resolved;

    /** Whether it comes from a variable of the environment, which has no place. */
    private final boolean fromEnvironment;

    private Setting(
            Source source, Findings findings, List<String> path, @Nullable ConfigValue value, Place parentPlace) {
        Place written = value == null ? parentPlace : source.place(value.origin());
        this.source = source;
        this.findings = findings;
        this.path = path;
        this.place = written == null ? parentPlace : written;
        this.resolved = value == null || isResolved(value);
        this.value = value == null || (resolved && value.valueType() == ConfigValueType.NULL) ? null : value;
        this.fromEnvironment = written == null;
    }

    /** The setting from which all others of a source are reached. */
    static Setting root(Source source, Findings findings, @Nullable ConfigValue value, Place place) {
        return new Setting(source, findings, List.of(), value, place);
    }

    private static boolean isResolved(ConfigValue value) {
        try {
            // nothing tells but what happens when it is asked what it is, or what it has in it
            boolean unused = value.valueType() == ConfigValueType.OBJECT && ((ConfigObject) value).isEmpty();
            return true;
        } catch (ConfigException.NotResolved e) {
            return false;
        }
    }

    Source source() {
        return source;
    }

    Place place() {
        return place;
    }

    /** Returns the last part of its path. */
    String key() {
        return path.get(path.size() - 1);
    }

    boolean isSet() {
        return value != null;
    }

    /** Returns whether this is a block of other settings; it is a fault if it is something else. */
    boolean isBlock() {
        if (value != null && !resolved) {
            fault(UNRESOLVED);
        } else if (value != null && !(value instanceof ConfigObject)) {
            fault("must be a block { … }" + (value instanceof ConfigList ? LIST : ""));
        }
        return block() != null;
    }

    Setting child(String key) {
        ConfigObject block = block();
        List<String> childPath = new ArrayList<>(path);
        childPath.add(key);
        return new Setting(source, findings, List.copyOf(childPath), block == null ? null : block.get(key), place);
    }

    /** Returns what is set in a block, in the order in which it was written; it is a fault if this is no block. */
    List<Setting> children() {
        return isBlock() ? written() : List.of();
    }

    /** Returns the single values in a block and in the blocks in it; this one if it is none, or empty. */
    List<Setting> leaves() {
        List<Setting> children = written();
        return children.isEmpty()
                ? List.of(this)
                : children.stream().flatMap(child -> child.leaves().stream()).toList();
    }

    /** Returns where each of its {@linkplain #leaves leaves} was written, by its name in this block. */
    Map<String, String> origins() {
        Map<String, String> origins = new LinkedHashMap<>();
        leaves().forEach(leaf -> origins.put(leaf.nameIn(this), leaf.place + leaf.environment()));
        return origins;
    }

    private String environment() {
        return fromEnvironment ? " (from the environment)" : "";
    }

    /** Returns the elements of a list, or what is set as the only element. */
    List<Setting> elements() {
        if (resolved && value instanceof ConfigList list) {
            return list.stream()
                    .map(element -> new Setting(source, findings, path, element, place))
                    .toList();
        }
        return isSet() ? List.of(this) : List.of();
    }

    /** Returns the single value that is set: a string, number or boolean. */
    @Nullable
    Object single() {
        if (value != null && !resolved) {
            fault(UNRESOLVED);
        } else if (value instanceof ConfigObject || value instanceof ConfigList) {
            fault("must be a single value");
        } else if (value != null) {
            return value.unwrapped();
        }
        return null;
    }

    /** Returns the single value that is set, as it was written. */
    @Nullable
    String text() {
        return value == null || single() == null ? null : written(value);
    }

    /** Returns its path from another setting that it is in, with dots. */
    String nameIn(Setting parent) {
        return String.join(".", path.subList(parent.path.size(), path.size()));
    }

    /** Reports what is set in this block and is none of the known keys. */
    void refuseUnknown(Collection<String> known, Collection<String> elsewhere) {
        refuseUnknown(known, elsewhere, child -> "");
    }

    /**
     * The same.
     *
     * @param hint returns an explanation that is put in place of a list of the known keys; empty if there is none
     */
    void refuseUnknown(Collection<String> known, Collection<String> elsewhere, Function<Setting, String> hint) {
        for (Setting child : children()) {
            if (!known.contains(child.key())) {
                String special = hint.apply(child);
                child.fault(
                        "unknown key" + (special.isEmpty() ? Suggestion.of(child.key(), known, elsewhere) : special));
            }
        }
    }

    /** Returns whether this is a block with something in it. */
    boolean isFilledBlock() {
        ConfigObject block = block();
        return block != null && !block.isEmpty();
    }

    /** Returns whether this is a block with any of these keys. */
    boolean hasAny(Collection<String> keys) {
        ConfigObject block = block();
        return block != null && keys.stream().anyMatch(block::containsKey);
    }

    void fault(String rule) {
        findings.fault(place, what() + rule + (hasQuotedSubstitution() ? QUOTED : ""));
    }

    /** Returns whether this is text with a <code>${…}</code>, which a file replaces only outside of quotes. */
    boolean hasQuotedSubstitution() {
        return source instanceof FileSource
                && value != null
                && resolved
                && value.unwrapped() instanceof String text
                && text.contains("${");
    }

    void warn(String consequence) {
        findings.warn(place, what() + consequence);
    }

    private @Nullable ConfigObject block() {
        return resolved && value instanceof ConfigObject block ? block : null;
    }

    private List<Setting> written() {
        ConfigObject block = block();
        return block == null
                ? List.of()
                : block.keySet().stream()
                        .map(this::child)
                        .filter(Setting::isSet)
                        .sorted(Comparator.comparing(Setting::place).thenComparing(Setting::key))
                        .toList();
    }

    private String what() {
        String name = source.name(path);
        if (name.isEmpty() || value == null || block() != null) {
            return name.isEmpty() ? "" : name + ": ";
        }
        boolean single = resolved && !(value instanceof ConfigList);
        String shown = single ? written(value) : value.render(ConfigRenderOptions.concise());
        return name + " = " + Findings.shown(shown) + environment() + ": ";
    }

    private static String written(ConfigValue single) {
        return single.atKey("it").getString("it");
    }
}
