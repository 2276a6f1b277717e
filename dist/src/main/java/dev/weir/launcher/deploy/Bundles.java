package dev.weir.launcher.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** Installs, updates and starts bundles. It translates failures into plain reasons. */
final class Bundles {
    /** Start level of policies and backends. */
    private static final int START_LEVEL = 20;

    private static final long REFRESH_SECONDS = 10;
    private static final Pattern MISSING_PACKAGE = Pattern.compile("osgi\\.wiring\\.package=([\\w.]+)");

    private final Bundle framework;

    Bundles(Bundle framework) {
        this.framework = framework;
    }

    /** Returns the installed bundle of the same name and version, or null. */
    @Nullable
    Bundle twin(BundleJar jar) {
        for (Bundle bundle : framework.getBundleContext().getBundles()) {
            if (jar.is(bundle)) {
                return bundle;
            }
        }
        return null;
    }

    /**
     * Installs a bundle from a copy of a jar.
     *
     * @param location location of the bundle, from which a later {@code update} without a file reads
     */
    Bundle install(Path location, Path copy) throws IOException, BundleException {
        try (InputStream in = Files.newInputStream(copy)) {
            Bundle bundle =
                    framework.getBundleContext().installBundle(location.toUri().toString(), in);
            bundle.adapt(BundleStartLevel.class).setStartLevel(START_LEVEL);
            return bundle;
        }
    }

    /**
     * Updates a bundle and refreshes its importers.
     *
     * @param copy new jar; null for the jar at the bundle's location
     */
    void update(Bundle bundle, @Nullable Path copy) throws IOException, BundleException, InterruptedException {
        if (copy == null) {
            bundle.update();
        } else {
            try (InputStream in = Files.newInputStream(copy)) {
                bundle.update(in);
            }
        }
        refresh();
    }

    /**
     * Starts a bundle, or marks it for start at its start level. Fragments are skipped.
     *
     * @throws BundleException if it does not start or one of its components fails
     */
    void start(Bundle bundle) throws BundleException {
        if ((bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
            Optional<String> failed = FailedComponents.first(framework.getBundleContext(), bundle);
            if (failed.isPresent()) {
                throw new BundleException(failed.get(), BundleException.ACTIVATOR_ERROR);
            }
        }
    }

    /** Uninstalls a bundle and refreshes its importers. */
    void uninstall(Bundle bundle) throws BundleException, InterruptedException {
        if (bundle.getState() != Bundle.UNINSTALLED) {
            bundle.uninstall();
            refresh();
        }
    }

    /** Refreshes importers, so that they use the packages of the new revision. */
    private void refresh() throws InterruptedException {
        FrameworkWiring wiring = framework.adapt(FrameworkWiring.class);
        if (!wiring.getRemovalPendingBundles().isEmpty()) {
            CountDownLatch refreshed = new CountDownLatch(1);
            wiring.refreshBundles(null, event -> refreshed.countDown());
            refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Returns one line that explains why a bundle could not be installed, updated or started. */
    static String reason(BundleException failure) {
        String message = String.valueOf(failure.getMessage());
        Matcher missing = MISSING_PACKAGE.matcher(message);
        if (failure.getType() == BundleException.RESOLVE_ERROR) {
            return missing.find()
                    ? "no bundle exports the package %s that it imports".formatted(missing.group(1))
                    : "it needs another bundle: " + firstLine(message);
        }
        Throwable cause = failure.getCause();
        return "it does not start: " + firstLine(cause == null ? message : cause.toString());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
