package dev.weir.config;

import dev.weir.block.BackendOption;
import dev.weir.block.BlockBackendFactory;
import dev.weir.drive.settings.DriveSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the block that says where a drive's bytes are. */
final class BackendReader {
    private static final String TYPE = "type";

    private final Types types;
    private final Running running;

    BackendReader(Types types, Running running) {
        this.types = types;
        this.running = running;
    }

    /**
     * A backend as its factory will be asked for it.
     *
     * @param type what kind it is
     * @param options value by name of option, of the Java type of its kind
     */
    record Backend(String type, Map<String, Object> options) {}

    /** Returns the backend of a drive; if there is a fault in it, a part of that. */
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
        if (factory == null) {
            if (name != null) {
                reportMissing(drive, type, name);
            }
            return new Backend(name == null ? "" : name, byConvention(written));
        }
        return new Backend(factory.type(), typed(backend, written, factory.options()));
    }

    /** Reports a type without a bundle. That is a fault if it is probably misspelt, or would close a running drive. */
    private void reportMissing(String drive, Setting type, String name) {
        DriveSettings before = running.settings(drive);
        boolean isOther = before == null || !before.backendType().equals(name);
        Suggestion suggestion = Suggestion.of(name, types.backends().keySet());
        if (isOther && running.isOpen(drive)) {
            type.fault("no backend of this type is here, and the running drive would be closed" + suggestion);
        } else if (isOther && suggestion.isNear()) {
            type.fault("no backend of this type is here" + suggestion);
        } else {
            type.warn("no backend of this type is here; the drive cannot be used until one comes" + suggestion);
        }
    }

    /** Returns all that is set beside the type, by name; {@code tls { cert = x }} is the option {@code tls.cert}. */
    private static Map<String, Setting> options(Setting backend) {
        Map<String, Setting> options = new LinkedHashMap<>();
        backend.children().stream()
                .filter(child -> !child.key().equals(TYPE))
                .flatMap(child -> child.leaves().stream())
                .forEach(option -> options.put(option.nameIn(backend), option));
        return options;
    }

    private static Map<String, Object> typed(Setting backend, Map<String, Setting> written, List<BackendOption> known) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (BackendOption option : known) {
            names.add(option.name());
            Setting setting = written.get(option.name());
            Object value = setting == null ? null : value(setting, option.kind());
            if (value != null) {
                values.put(option.name(), value);
            } else if (setting == null && option.required()) {
                backend.child(option.name()).fault("must be set (" + option.description() + ")");
            }
        }
        written.forEach((name, setting) -> {
            if (!names.contains(name)) {
                setting.fault("unknown key" + Suggestion.of(name, names));
            }
        });
        return values;
    }

    /** What is known of options before the bundle is here that could say more. */
    private static Map<String, Object> byConvention(Map<String, Setting> written) {
        Map<String, Object> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        written.forEach((name, setting) -> {
            if (!Names.isSafe(name)) {
                setting.fault(Names.RULE);
            } else if (values.containsKey(name)) {
                setting.fault("there is another key that differs in upper and lower case only");
            }
            Object value =
                    switch (name) {
                        case "path" -> value(setting, BackendOption.Kind.PATH);
                        case "size" -> value(setting, BackendOption.Kind.BYTES);
                        default -> setting.single();
                    };
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }

    private static @Nullable Object value(Setting setting, BackendOption.Kind kind) {
        return switch (kind) {
            case BYTES -> Quantity.size(setting);
            case PATH -> Values.path(setting);
            case FLAG -> Values.flag(setting);
            case TEXT -> setting.text();
        };
    }
}
