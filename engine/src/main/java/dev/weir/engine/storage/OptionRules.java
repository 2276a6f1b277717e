package dev.weir.engine.storage;

import dev.weir.block.BlockOption;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Validation of the options of backends and filters before a factory gets them. The configuration bundle checks its own
 * file. Other sources of configurations, and types whose factory arrived later, are checked here.
 */
final class OptionRules {
    private OptionRules() {}

    /**
     * Checks options.
     *
     * @param of the kind and type for messages, for example {@code backend file}
     * @throws IOException if an option is missing, unknown or of the wrong type; the message names the option and the
     *     rule
     */
    static void check(String of, List<BlockOption> known, Map<String, Object> given) throws IOException {
        Map<String, Object> unknown = new HashMap<>(given);
        for (BlockOption option : known) {
            Object value = unknown.remove(option.name());
            if (value == null && option.required()) {
                throw new IOException("%s: %s must be set: %s".formatted(of, option.name(), option.description()));
            }
            if (value != null && !option.kind().type().isInstance(value)) {
                throw new IOException("%s: %s = %s: must be a %s"
                        .formatted(
                                of, option.name(), value, option.kind().type().getSimpleName()));
            }
        }
        if (!unknown.isEmpty()) {
            throw new IOException(of + " has no option " + String.join(", ", unknown.keySet()));
        }
    }
}
