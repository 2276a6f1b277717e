package dev.weir.engine.storage;

import dev.weir.block.filter.BlockFilterFactory;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A configured filter with the factory that serves its type now.
 *
 * @param type the type
 * @param options the options by name
 * @param factory the factory; null if it is missing
 */
public record WantedFilter(String type, Map<String, Object> options, @Nullable BlockFilterFactory factory) {

    /**
     * Checks the options against those of the factory.
     *
     * @throws IOException if an option is missing, unknown or of the wrong type
     */
    void checkOptions() throws IOException {
        OptionRules.check("options", Objects.requireNonNull(factory).options(), options);
    }

    /** Returns whether another setting is served by the same filter with the same options. */
    boolean isSame(WantedFilter other) {
        return isSameKind(other) && options.equals(other.options);
    }

    boolean isSameKind(WantedFilter other) {
        return factory != null && factory == other.factory;
    }
}
