package dev.weir.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The registered factories by type. The factory with the highest ranking serves a type. Among equal rankings the
 * oldest does. OSGi ranks services by the same rule.
 *
 * <p>Not thread-safe.
 *
 * @param <F> the kind of factory
 */
final class RankedFactories<F> {
    private record Ranked<F>(F factory, int ranking) {}

    private final Function<F, String> typeOf;
    private final List<Ranked<F>> factories = new ArrayList<>();

    RankedFactories(Function<F, String> typeOf) {
        this.typeOf = typeOf;
    }

    void add(F factory, int ranking) {
        factories.add(new Ranked<>(factory, ranking));
        factories.sort(
                Comparator.comparingInt((Ranked<F> ranked) -> ranked.ranking).reversed());
    }

    void remove(F factory) {
        factories.removeIf(ranked -> ranked.factory == factory);
    }

    /** Returns the factory that serves a type, or null. */
    @Nullable
    F get(String type) {
        for (Ranked<F> ranked : factories) {
            if (typeOf.apply(ranked.factory).equals(type)) {
                return ranked.factory;
            }
        }
        return null;
    }
}
