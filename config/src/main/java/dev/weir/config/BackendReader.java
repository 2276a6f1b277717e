package dev.weir.config;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.drive.settings.DriveSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses the {@code backend} block of a drive: its type and options. */
final class BackendReader {
    private static final String TYPE = "type";

    private final Types types;
    private final Running running;

    BackendReader(Types types, Running running) {
        this.types = types;
        this.running = running;
    }

    /**
     * The type and options that a backend factory receives.
     *
     * @param type type of the backend; empty if it is missing or invalid
     * @param options option values by name; each has the Java type of its option's kind
     */
    record Backend(String type, Map<String, Object> options) {}

    /** Returns the backend of a drive. The result is incomplete if an error was reported. */
    Backend read(String drive, Setting backend) {
        if (backend.isSet() && !backend.isBlock()) {
            return new Backend("", Map.of());
        }
        Setting type = backend.child(TYPE);
        String name = Values.word(type);
        Map<String, Setting> written = options(backend);
        BlockBackendFactory factory = name == null ? null : types.backends().get(name);
        if (!type.isSet()) {
            type.fault("must be set" + Suggestion.of("", types.backends().keySet()));
        }
        if (name == null || factory == null) {
            if (name != null) {
                reportMissing(drive, type, name);
            }
            return new Backend(name == null ? "" : name, byConvention(written));
        }
        List<BlockOption> known = FactoryAnswers.list(type, factory, factory::options);
        return new Backend(name, known == null ? byConvention(written) : typed(backend, written, known));
    }

    /**
     * Reports a type without a registered factory. This is an error if the type is probably misspelt or a running
     * drive would close. Otherwise it is a warning.
     */
    private void reportMissing(String drive, Setting type, String name) {
        DriveSettings before = running.settings(drive);
        boolean isOther = before == null || !before.backendType().equals(name);
        Suggestion suggestion = Suggestion.of(name, types.backends().keySet());
        if (isOther && running.isOpen(drive)) {
            type.fault("no backend of this type is available; the change would close the running drive" + suggestion);
        } else if (isOther && suggestion.isNear()) {
            type.fault("no backend of this type is available" + suggestion);
        } else {
            type.warn("no backend of this type is available; the drive is unavailable until one is" + suggestion);
        }
    }

    /**
     * Returns all settings except the type by name. Nested keys are joined: {@code tls { cert = x }} is the option
     * {@code tls.cert}.
     */
    private static Map<String, Setting> options(Setting backend) {
        Map<String, Setting> options = new LinkedHashMap<>();
        backend.children().stream()
                .filter(child -> !child.key().equals(TYPE))
                .flatMap(child -> child.leaves().stream())
                .forEach(option -> options.put(option.nameIn(backend), option));
        return options;
    }

    private static Map<String, Object> typed(Setting backend, Map<String, Setting> written, List<BlockOption> known) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (BlockOption option : known) {
            names.add(option.name());
            Setting setting = setting(backend, written, option);
            Object value = setting == null ? null : value(setting, option.kind());
            if (value != null) {
                values.put(option.name(), value);
            } else if (setting == null && option.required()) {
                backend.child(option.name()).fault("must be set (" + option.description() + ")");
            }
        }
        written.forEach((name, setting) -> {
            if (!names.contains(name) && !isInside(name, known)) {
                setting.fault("unknown key" + Suggestion.of(name, names));
            }
        });
        return values;
    }

    private static @Nullable Setting setting(Setting backend, Map<String, Setting> written, BlockOption option) {
        Setting block = option.kind() == BlockOption.Kind.OBJECT ? backend.child(option.name()) : null;
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
            case BYTES -> Quantity.size(setting);
            case COUNT -> Quantity.natural(setting);
            case DURATION -> Quantity.durationWithUnit(setting);
            case PATH -> Values.path(setting);
            case FLAG -> Values.flag(setting);
            case TEXT -> setting.text();
            case OBJECT -> setting.json();
        };
    }
}
