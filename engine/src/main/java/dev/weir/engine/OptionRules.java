package dev.weir.engine;

import dev.weir.block.BlockOption;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Validation of backend options before the factory gets them. The configuration bundle checks its own file. Other
 * sources of configurations, and types whose factory arrived later, are checked here.
 */
final class OptionRules {
    private OptionRules() {}

    /**
     * Checks the options of a drive.
     *
     * @throws IOException if an option is missing, unknown or of the wrong type; the message names the option and the
     *     rule
     */
    static void check(String type, List<BlockOption> known, Map<String, Object> given) throws IOException {
        Map<String, Object> unknown = new HashMap<>(given);
        for (BlockOption option : known) {
            Object value = unknown.remove(option.name());
            if (value == null && option.required()) {
                throw new IOException(
                        "backend %s: %s must be set: %s".formatted(type, option.name(), option.description()));
            }
            if (value != null && !option.kind().type().isInstance(value)) {
                throw new IOException("backend %s: %s = %s: must be a %s"
                        .formatted(
                                type, option.name(), value, option.kind().type().getSimpleName()));
            }
        }
        if (!unknown.isEmpty()) {
            throw new IOException("backend %s has no option %s".formatted(type, String.join(", ", unknown.keySet())));
        }
    }
}
