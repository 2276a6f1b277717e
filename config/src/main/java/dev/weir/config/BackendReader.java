package dev.weir.config;

import dev.weir.block.BlockFactory;
import dev.weir.block.BlockOption;
import dev.weir.drive.settings.DriveSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses the {@code backend} blocks of drives. An instance asks each factory once for its options. */
final class BackendReader {
    private final Types types;
    private final Running running;
    private final Map<BlockFactory, List<BlockOption>> known = new HashMap<>();

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
        Setting type = backend.child(OptionsReader.TYPE);
        String name = Values.word(type);
        BlockFactory factory = name == null ? null : types.backends().get(name);
        if (!type.isSet()) {
            type.fault("must be set" + Suggestion.of("", types.backends().keySet()));
        }
        if (name != null && factory == null) {
            reportMissing(drive, type, name);
        }
        return new Backend(name == null ? "" : name, OptionsReader.read(backend, options(type, factory)));
    }

    private @Nullable List<BlockOption> options(Setting type, @Nullable BlockFactory factory) {
        List<BlockOption> options = factory == null ? null : known.get(factory);
        if (options == null && factory != null) {
            options = FactoryAnswers.list(type, factory, factory::options);
            if (options != null) {
                known.put(factory, options);
            }
        }
        return options;
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
}
