package dev.weir.config;

import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses the options of a backend or filter: all keys of its block except the type. */
final class OptionsReader {
    static final String TYPE = "type";

    private OptionsReader() {}

    /**
     * Returns the options by name. Each has the Java type of its option's kind. The result is incomplete if an error
     * was reported.
     *
     * @param of the block
     * @param type its type, for messages
     * @param factory the factory of the type; null if none is registered
     */
    static Map<String, Object> read(Setting of, Setting type, @Nullable BlockFactory factory) {
        return read(of, factory == null ? null : FactoryAnswers.list(type, factory, factory::options));
    }

    /**
     * Returns the options by name.
     *
     * @param known the options of the type; null if they are unknown
     */
    static Map<String, Object> read(Setting of, @Nullable List<BlockOption> known) {
        Map<String, Setting> written = written(of);
        return known == null ? byConvention(written) : typed(of, written, known);
    }

    /**
     * Returns all settings except the type by name. Nested keys are joined: {@code tls { cert = x }} is the option
     * {@code tls.cert}.
     */
    private static Map<String, Setting> written(Setting of) {
        Map<String, Setting> options = new LinkedHashMap<>();
        of.children().stream()
                .filter(child -> !child.key().equals(TYPE))
                .flatMap(child -> child.leaves().stream())
                .forEach(option -> options.put(option.nameIn(of), option));
        return options;
    }

    private static Map<String, Object> typed(Setting of, Map<String, Setting> written, List<BlockOption> known) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (BlockOption option : known) {
            names.add(option.name());
            Setting setting = setting(of, written, option);
            Object value = setting == null ? null : value(setting, option.kind());
            if (value != null) {
                values.put(option.name(), value);
            } else if (setting == null && option.required()) {
                of.child(option.name()).fault("must be set (" + option.description() + ")");
            }
        }
        written.forEach((name, setting) -> {
            if (!names.contains(name) && !isInside(name, known)) {
                setting.fault("unknown key" + Suggestion.of(name, names));
            }
        });
        return values;
    }

    private static @Nullable Setting setting(Setting of, Map<String, Setting> written, BlockOption option) {
        Setting block = option.kind() == BlockOption.Kind.OBJECT ? of.child(option.name()) : null;
        return block != null && block.isSet() ? block : written.get(option.name());
    }

    /** Returns whether a joined name belongs to an option that is a block. */
    private static boolean isInside(String name, List<BlockOption> known) {
        return known.stream()
                .anyMatch(option -> option.kind() == BlockOption.Kind.OBJECT && name.startsWith(option.name() + "."));
    }

    /** Parses options by their conventional names until the factory arrives that declares their kinds. */
    private static Map<String, Object> byConvention(Map<String, Setting> written) {
        Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        written.forEach((name, setting) -> {
            if (!Names.isSafe(name)) {
                setting.fault(Names.RULE);
            } else if (values.containsKey(name)) {
                setting.fault("differs from another key only in upper and lower case");
            }
            Object value =
                    switch (name) {
                        case "path" -> value(setting, BlockOption.Kind.PATH);
                        case "size" -> value(setting, BlockOption.Kind.BYTES);
                        default -> setting.single();
                    };
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }

    private static @Nullable Object value(Setting setting, BlockOption.Kind kind) {
        return switch (kind) {
            case BYTES -> Quantity.option(setting);
            case COUNT -> Quantity.natural(setting);
            case DURATION -> Quantity.durationWithUnit(setting);
            case PATH -> Values.path(setting);
            case FLAG -> Values.flag(setting);
            case TEXT -> setting.text();
            case OBJECT -> setting.json();
        };
    }
}
