package dev.weir.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;

/**
 * The registered factories of one kind by type. The highest service ranking wins among factories of the same type.
 *
 * <p>Thread-safe.
 *
 * @param <F> the kind of factory
 */
final class RankedTypes<F> {

    /** A factory with its type, which is asked once. */
    private record Typed<F>(String type, F factory) {}

    private final Map<ServiceReference<?>, Typed<F>> factories = new ConcurrentHashMap<>();

    /** Types whose factory went since {@link #forgetGone}. */
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    void add(ServiceReference<?> reference, String type, F factory) {
        factories.put(reference, new Typed<>(type, factory));
    }

    void remove(ServiceReference<?> reference) {
        Typed<F> typed = factories.get(reference);
        if (typed != null) {
            gone.add(typed.type); // first, so that a reading without the type finds it here
            factories.remove(reference);
        }
    }

    /** Returns whether a factory went, perhaps because its bundle is being updated. */
    boolean hasGone() {
        return !gone.isEmpty();
    }

    /** Returns whether each type that went has a factory again. */
    boolean isComplete() {
        return byType().keySet().containsAll(gone);
    }

    void forgetGone() {
        gone.clear();
    }

    Map<String, F> byType() {
        Map<String, F> byType = new HashMap<>();
        factories.keySet().stream().sorted().forEach(reference -> {
            Typed<F> typed = factories.get(reference);
            if (typed != null) {
                byType.put(typed.type, typed.factory);
            }
        });
        return byType;
    }
}
