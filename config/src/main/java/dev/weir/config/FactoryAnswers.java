package dev.weir.config;

import dev.weir.supervision.BoundedCalls;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers of factories, which are code of other bundles. A factory that throws, answers null or does not answer in
 * time affects its own drives only.
 */
final class FactoryAnswers {

    /** Timeout of a question (ms). */
    static final long MILLIS = 5000;

    private FactoryAnswers() {}

    /**
     * Returns the type of a factory.
     *
     * @throws RuntimeException if the factory gives none in time
     */
    static String type(Object factory, Supplier<String> type) {
        return Objects.requireNonNull(BoundedCalls.call(factory, MILLIS, type::get), "it has no type");
    }

    /** Returns a list of a factory, or null after a warning at a setting. */
    static <T> @Nullable List<T> list(Setting setting, Object factory, Supplier<List<T>> list) {
        try {
            return BoundedCalls.call(factory, MILLIS, () -> List.copyOf(list.get()));
        } catch (RuntimeException | Error e) {
            setting.warn(
                    "%s of this type fails: %s".formatted(factory.getClass().getName(), e));
            return null;
        }
    }
}
