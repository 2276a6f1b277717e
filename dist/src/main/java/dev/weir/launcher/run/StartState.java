package dev.weir.launcher.run;

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
 * Snapshot of a starting Weir. It is read from properties of the services that bundles register, because the launcher
 * uses no class of a bundle (see {@code docs/design/decisions/005-launcher.md}).
 *
 * @param configured whether the configuration has been read
 * @param faults errors of the configuration, one line each
 * @param warnings warnings of the configuration, one line each
 * @param drives names of the configured drives
 * @param served names of the usable drives
 * @param unavailable reasons of the unavailable drives by name
 * @param listening whether the export is registered
 * @param addresses addresses of the export
 * @param uris URI of each address without a drive name
 * @param exportWarnings addresses that some of their users cannot reach, one line each
 * @param exportFaults addresses that could not be bound, one line each
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
        List<String> exportWarnings,
        List<String> exportFaults) {

    private static final String SERVICES = "dev.weir.drive.";

    /** Largest number of drive names in a line. */
    private static final int MOST_NAMES = 10;

    private static final String DRIVE_NAME = "weir.drive.name";

    /** Reads the state from the service registry. */
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
                strings(export, "weir.export.warnings"),
                strings(export, "weir.export.faults"));
    }

    /** Returns the stop timeout of the export (ms); 0 without an export. */
    static long stopMillis(@Nullable BundleContext context) {
        ServiceReference<?> export = context == null ? null : one(context, "export.DriveExport");
        return export != null && export.getProperty("weir.export.stop-millis") instanceof Long millis ? millis : 0;
    }

    /** Returns the configured drives that are not served. */
    List<String> missing() {
        List<String> missing = new ArrayList<>(drives);
        missing.removeAll(Set.copyOf(served));
        return missing;
    }

    /** Returns the configured drives that are served, in configuration order. */
    List<String> usable() {
        List<String> usable = new ArrayList<>(drives);
        usable.retainAll(Set.copyOf(served));
        return usable;
    }

    /** Returns whether every configured drive is served and the export is registered. */
    boolean ready() {
        return configured && listening && missing().isEmpty();
    }

    /**
     * Returns whether waiting cannot change the outcome: every drive is served or unavailable, or an address failed.
     */
    boolean settled() {
        return configured
                && listening
                && (!exportFaults.isEmpty() || unavailable.keySet().containsAll(missing()));
    }

    /** Returns a text that names the next pending step. */
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
            throw new AssertionError("a null filter cannot be invalid", e);
        }
    }

    private static List<String> strings(@Nullable ServiceReference<?> service, String property) {
        return service != null && service.getProperty(property) instanceof String[] values
                ? List.of(values)
                : List.of();
    }
}
