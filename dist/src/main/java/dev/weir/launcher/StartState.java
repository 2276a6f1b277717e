package dev.weir.launcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * How far a starting Weir has come, at one moment. It is read from the properties of the services that the
 * bundles publish, as the launcher sees none of their classes.
 *
 * @param configured whether the configuration has been read
 * @param faults what is wrong with it, a line for each
 * @param warnings what is allowed but hardly meant, a line for each
 * @param drives the names of the drives that are configured
 * @param served those that can be used
 * @param unavailable why others cannot, by name
 * @param listening whether the export is there
 * @param addresses what it listens on
 * @param uris of each of those, without the name of a drive
 * @param exportFaults what it cannot listen on, a line for each
 */
record StartState(
        boolean configured,
        List<String> faults,
        List<String> warnings,
        List<String> drives,
        List<String> served,
        Map<String, String> unavailable,
        boolean listening,
        List<String> addresses,
        List<String> uris,
        List<String> exportFaults) {

    private static final String SERVICES = "dev.weir.drive.";

    /** How many drives are named where there is one line for all. */
    private static final int MOST_NAMES = 10;

    private static final String DRIVE_NAME = "weir.drive.name";

    /** Reads it from the service registry. */
    static StartState of(BundleContext context) {
        ServiceReference<?> configuration = one(context, "settings.ConfigurationSource");
        ServiceReference<?> export = one(context, "export.DriveExport");
        Map<String, String> unavailable = new TreeMap<>();
        for (ServiceReference<?> control : all(context, "control.DriveControl")) {
            if (control.getProperty("weir.drive.reason") instanceof String reason) {
                unavailable.put(String.valueOf(control.getProperty(DRIVE_NAME)), reason);
            }
        }
        return new StartState(
                configuration != null,
                strings(configuration, "weir.config.faults"),
                strings(configuration, "weir.config.warnings"),
                strings(configuration, "weir.config.drives"),
                all(context, "Drive").stream()
                        .map(drive -> String.valueOf(drive.getProperty(DRIVE_NAME)))
                        .filter(drive -> !unavailable.containsKey(drive))
                        .toList(),
                unavailable,
                export != null,
                strings(export, "weir.export.addresses"),
                strings(export, "weir.export.uris"),
                strings(export, "weir.export.faults"));
    }

    /** Returns how long the export may take to end; 0 if it is not there. */
    static long stopMillis(@Nullable BundleContext context) {
        ServiceReference<?> export = context == null ? null : one(context, "export.DriveExport");
        return export != null && export.getProperty("weir.export.stop-millis") instanceof Long millis ? millis : 0;
    }

    /** Returns the drives that are configured and not served. */
    List<String> missing() {
        List<String> missing = new ArrayList<>(drives);
        missing.removeAll(Set.copyOf(served));
        return missing;
    }

    /** Returns the drives that are configured and served, in their order. */
    List<String> usable() {
        List<String> usable = new ArrayList<>(drives);
        usable.retainAll(Set.copyOf(served));
        return usable;
    }

    /** Returns whether everything that is configured is served. */
    boolean ready() {
        return configured && listening && missing().isEmpty();
    }

    /** Returns whether nothing more is to be waited for: what is not served has failed. */
    boolean settled() {
        return configured
                && listening
                && (!exportFaults.isEmpty() || unavailable.keySet().containsAll(missing()));
    }

    /** Returns what is still to come, for people. */
    String awaited() {
        if (!configured) {
            return "the configuration";
        }
        if (!listening) {
            return "the NBD export";
        }
        return missing().isEmpty() ? "bundles to start" : "drives to open: " + some(missing());
    }

    private static String some(List<String> names) {
        int more = names.size() - MOST_NAMES;
        return more <= 0
                ? String.join(", ", names)
                : "%s and %d more".formatted(String.join(", ", names.subList(0, MOST_NAMES)), more);
    }

    private static @Nullable ServiceReference<?> one(BundleContext context, String service) {
        List<ServiceReference<?>> found = all(context, service);
        return found.isEmpty() ? null : found.get(0);
    }

    private static List<ServiceReference<?>> all(BundleContext context, String service) {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(SERVICES + service, null);
            return found == null ? List.of() : Arrays.asList(found);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("there is no filter that could be wrong", e);
        }
    }

    private static List<String> strings(@Nullable ServiceReference<?> service, String property) {
        return service != null && service.getProperty(property) instanceof String[] values
                ? List.of(values)
                : List.of();
    }
}
