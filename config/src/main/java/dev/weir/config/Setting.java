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
 * A key of the configuration with its place and its optional value. An invalid value is reported and then reads as
 * null or empty, so that parsing continues to the next error. Confined to the reading thread.
 */
final class Setting {
    private static final String UNRESOLVED = "refers to a key or variable that is not set";

    private static final String LIST = ", not a list; write each entry as NAME { … }";

    /** Hint for a substitution inside quotes. */
    private static final String QUOTED = "; a ${…} in quotes is plain text, so put the quotes around the rest only";

    private final Source source;
    private final Findings findings;
    private final List<String> path;
    private final Place place;

    /** Null if the key is unset. The value {@code null} unsets a key in HOCON. */
    private final @Nullable ConfigValue value;

    /** Whether all substitutions of this value are resolved. Those of nested values do not count. */
    private final boolean resolved;

    /** Whether the value comes from an environment variable, which has no place. */
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

    /** Returns the root setting of a source. */
    static Setting root(Source source, Findings findings, @Nullable ConfigValue value, Place place) {
        return new Setting(source, findings, List.of(), value, place);
    }

    /** Returns a setting at a path of a source that holds nothing else. */
    static Setting at(Source source, Findings findings, List<String> path, @Nullable ConfigValue value, Place place) {
        return new Setting(source, findings, path, value, place);
    }

    private static boolean isResolved(ConfigValue value) {
        try {
            // Typesafe Config has no query for this: access to an unresolved value throws
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

    /** Returns the last element of the path. */
    String key() {
        return path.get(path.size() - 1);
    }

    boolean isSet() {
        return value != null;
    }

    /** Returns whether this is a block of settings. Another value is an error. */
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

    /** Returns the settings of a block in written order. Another value is an error. */
    List<Setting> children() {
        return isBlock() ? written() : List.of();
    }

    /**
     * Returns all single values in a block and its nested blocks. Returns this setting if it is not a block or is
     * empty.
     */
    List<Setting> leaves() {
        List<Setting> children = written();
        return children.isEmpty()
                ? List.of(this)
                : children.stream().flatMap(child -> child.leaves().stream()).toList();
    }

    /** Returns the place of each of its {@linkplain #leaves leaves} by name in this block. */
    Map<String, String> origins() {
        Map<String, String> origins = new LinkedHashMap<>();
        leaves().forEach(leaf -> origins.put(leaf.nameIn(this), leaf.place + leaf.environment()));
        return origins;
    }

    private String environment() {
        return fromEnvironment ? " (from the environment)" : "";
    }

    /** Returns the elements of a list. A single value counts as a list of one element. */
    List<Setting> elements() {
        if (resolved && value instanceof ConfigList list) {
            return list.stream()
                    .map(element -> new Setting(source, findings, path, element, place))
                    .toList();
        }
        return isSet() ? List.of(this) : List.of();
    }

    /** Returns the single value (a string, number or boolean), or null. */
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

    /** Returns the single value as written, or null. */
    @Nullable
    String text() {
        return value == null || single() == null ? null : written(value);
    }

    /** Returns the JSON of a block, or null. Another value is an error. */
    @Nullable
    String json() {
        ConfigObject block = isBlock() ? block() : null;
        try {
            return block == null || block.unwrapped().isEmpty() ? null : block.render(ConfigRenderOptions.concise());
        } catch (ConfigException.NotResolved e) {
            fault("has a key that " + UNRESOLVED);
            return null;
        }
    }

    /** Returns the dotted path from an enclosing setting. */
    String nameIn(Setting parent) {
        return String.join(".", path.subList(parent.path.size(), path.size()));
    }

    /**
     * Reports each unknown key of this block.
     *
     * @param elsewhere keys that are valid in another block, for the suggestion
     */
    void refuseUnknown(Collection<String> known, Collection<String> elsewhere) {
        refuseUnknown(known, elsewhere, child -> "");
    }

    /**
     * Reports each unknown key of this block.
     *
     * @param elsewhere keys that are valid in another block, for the suggestion
     * @param hint returns an explanation that replaces the list of known keys; empty for none
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

    /** Returns whether this is a block, perhaps an empty one. */
    boolean hasChildren() {
        return block() != null;
    }

    /** Returns whether this is a non-empty block. */
    boolean isFilledBlock() {
        ConfigObject block = block();
        return block != null && !block.isEmpty();
    }

    /** Returns whether this is a block with at least one of these keys. */
    boolean hasAny(Collection<String> keys) {
        ConfigObject block = block();
        return block != null && keys.stream().anyMatch(block::containsKey);
    }

    void fault(String rule) {
        findings.fault(place, source.name(path), shownValue(), rule + (hasQuotedSubstitution() ? QUOTED : ""));
    }

    /** Returns whether this is text with a <code>${…}</code>. A file substitutes it only outside of quotes. */
    boolean hasQuotedSubstitution() {
        return source instanceof FileSource
                && value != null
                && resolved
                && value.valueType() == ConfigValueType.STRING
                && value.unwrapped() instanceof String text
                && text.contains("${");
    }

    void warn(String consequence) {
        findings.warn(place, source.name(path), shownValue(), consequence);
    }

    /** Returns the block, or null if this is none. */
    @Nullable
    ConfigObject block() {
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

    /** Returns the value for messages; empty for none and for a block. */
    private String shownValue() {
        if (value == null || block() != null || source.name(path).isEmpty()) {
            return "";
        }
        boolean single = resolved && !(value instanceof ConfigList);
        String shown = single ? written(value) : value.render(ConfigRenderOptions.concise());
        return Findings.shown(shown) + environment();
    }

    private static String written(ConfigValue single) {
        return single.atKey("it").getString("it");
    }
}
