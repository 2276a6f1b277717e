package dev.weir.launcher.deploy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Finds components of Declarative Services that failed to activate. Their bundle starts without an error and offers
 * nothing. The runtime's classes belong to a bundle, so they are used by reflection.
 */
final class FailedComponents {
    private static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";

    /** The state of a component whose constructor or activation threw ({@code FAILED_ACTIVATION}). */
    private static final int FAILED = 16;

    private FailedComponents() {}

    /** Returns the first failed component of a bundle with its reason; empty if none failed. */
    static Optional<String> first(BundleContext context, Bundle bundle) {
        ServiceReference<?> reference = context.getServiceReference(RUNTIME);
        Object runtime = reference == null ? null : context.getService(reference);
        if (reference == null || runtime == null) {
            return Optional.empty();
        }
        try {
            return first(runtime, bundle);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Declarative Services of another version", e);
        } finally {
            context.ungetService(reference);
        }
    }

    private static Optional<String> first(Object runtime, Bundle bundle) throws ReflectiveOperationException {
        Class<?> type = Stream.of(runtime.getClass().getInterfaces())
                .filter(one -> one.getName().equals(RUNTIME))
                .findFirst()
                .orElseThrow(() -> new ClassNotFoundException(RUNTIME));
        Object components = type.getMethod("getComponentDescriptionDTOs", Bundle[].class)
                .invoke(runtime, (Object) new Bundle[] {bundle});
        for (Object component : list(components)) {
            Object instances = type.getMethod("getComponentConfigurationDTOs", component.getClass())
                    .invoke(runtime, component);
            for (Object instance : list(instances)) {
                if (Integer.valueOf(FAILED).equals(field(instance, "state"))) {
                    return Optional.of("its component %s fails: %s"
                            .formatted(field(component, "name"), cause(String.valueOf(field(instance, "failure")))));
                }
            }
        }
        return Optional.empty();
    }

    private static List<?> list(@Nullable Object collection) {
        return collection instanceof Collection<?> all ? List.copyOf(all) : List.of();
    }

    private static @Nullable Object field(Object of, String name) throws ReflectiveOperationException {
        return of.getClass().getField(name).get(of);
    }

    /** Returns the last cause of a stack trace, or its first line. */
    private static String cause(String trace) {
        List<String> causes = trace.lines()
                .filter(line -> line.startsWith("Caused by: "))
                .map(line -> line.substring("Caused by: ".length()))
                .toList();
        return causes.isEmpty() ? trace.lines().findFirst().orElse("") : causes.get(causes.size() - 1);
    }
}
