package dev.weir.engine.factory;

import dev.weir.supervision.BoundedCalls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
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
public final class RankedFactories<F> {
    private static final long TYPE_MILLIS = 1000;

    private record Ranked<F>(F factory, String type, int ranking) {}

    private final Function<F, String> typeOf;
    private final List<Ranked<F>> factories = new ArrayList<>();

    public RankedFactories(Function<F, String> typeOf) {
        this.typeOf = typeOf;
    }

    /**
     * Adds a factory. Its type is asked for only once.
     *
     * @return its type
     * @throws NullPointerException if it has no type
     * @throws IllegalStateException if it does not answer within a second
     */
    public String add(F factory, int ranking) {
        String type = Objects.requireNonNull(
                BoundedCalls.call(factory, TYPE_MILLIS, () -> typeOf.apply(factory)),
                () -> factory.getClass().getName() + " has no type");
        factories.add(new Ranked<>(factory, type, ranking));
        factories.sort(
                Comparator.comparingInt((Ranked<F> ranked) -> ranked.ranking).reversed());
        return type;
    }

    /** Removes a factory. Returns its type, or an empty text if it was never added. */
    public String remove(F factory) {
        String type = "";
        for (Iterator<Ranked<F>> all = factories.iterator(); all.hasNext(); ) {
            Ranked<F> ranked = all.next();
            if (ranked.factory == factory) {
                type = ranked.type;
                all.remove();
            }
        }
        return type;
    }

    /** Returns the factory that serves a type, or null. */
    public @Nullable F get(String type) {
        for (Ranked<F> ranked : factories) {
            if (ranked.type.equals(type)) {
                return ranked.factory;
            }
        }
        return null;
    }
}
