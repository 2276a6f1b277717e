package dev.weir.launcher;

import dev.weir.launcher.deploy.DeployFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.felix.framework.util.FelixConstants;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** The OSGi framework with Weir's bundles in it. Made on one thread; stopped from any. */
final class OsgiFramework {
    /** A bundle that would open a shell of its own on the terminal; others need only its classes. */
    private static final String CONSOLE = "org.apache.felix.gogo.jline";

    /** What all but the export may take to stop. */
    private static final Duration STOP_TIME = Duration.ofSeconds(20);

    private final Framework framework;
    private final Path bundles;
    private final DeployFolder deploy;
    private final long deployPollMillis;

    /**
     * Makes the framework, not started.
     *
     * @param folder the distribution
     * @param settings what the bundles find as framework properties, beside the distribution's own
     */
    OsgiFramework(Path folder, Home home, Map<String, String> settings) throws IOException {
        Map<String, Object> all = new HashMap<>(settings);
        properties(folder.resolve("conf/config.properties")).forEach((key, value) -> all.put(key.toString(), value));
        all.put(Constants.FRAMEWORK_STORAGE, home.cache().toString());
        all.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "1");
        all.put(FelixConstants.LOG_LOGGER_PROP, new FrameworkLog());
        // where JNA unpacks its library, else the user's ~/.cache; what a killed Weir left there goes with the cache
        System.setProperty("jna.tmpdir", home.cache().resolve("jna").toString());
        framework = new FrameworkFactory().newFramework(all);
        bundles = folder.resolve("bundles");
        deploy = new DeployFolder(home.deploy(), home.run().resolve("deploy"), framework);
        deployPollMillis = Long.parseLong(String.valueOf(all.getOrDefault("weir.deploy.poll", 500)));
    }

    /** Makes the framework ready for listeners; no bundle is installed yet. */
    BundleContext init() throws BundleException {
        framework.init();
        return framework.getBundleContext();
    }

    /**
     * Installs the bundles and starts them, level by level, on a thread of the framework.
     *
     * @param started called when the start of every bundle has been tried
     */
    void start(Runnable started) throws BundleException, IOException, InterruptedException {
        framework.start();
        int highest = 1;
        for (Path folder : list(bundles)) {
            int level = Integer.parseInt(folder.getFileName().toString());
            for (Path jar : list(folder)) {
                install(jar, level);
            }
            highest = Math.max(highest, level);
        }
        deploy.install();
        publish("deploy-faults", deploy::faults);
        publish("deployed", deploy::running);
        // all at once, which is sooner done than one by one as they are started
        framework.adapt(FrameworkWiring.class).resolveBundles(null);
        framework.adapt(FrameworkStartLevel.class).setStartLevel(highest, event -> {
            started.run();
            deploy.follow(deployPollMillis);
        });
    }

    private void install(Path jar, int level) throws BundleException {
        Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
        bundle.adapt(BundleStartLevel.class).setStartLevel(level);
        boolean fragment = (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
        if (!fragment && !CONSOLE.equals(bundle.getSymbolicName())) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    /** Offers lines to the {@code status} of the shell. */
    private void publish(String kind, Supplier<List<String>> lines) {
        Dictionary<String, ?> properties = FrameworkUtil.asDictionary(Map.of("weir.lines", kind));
        framework.getBundleContext().registerService(Supplier.class, lines, properties);
    }

    /** Returns whether a bundle came from the home, not with Weir. */
    boolean isDeployed(Bundle bundle) {
        return deploy.owns(bundle);
    }

    /** Waits until the framework has stopped, whoever stopped it. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /**
     * Stops the bundles, those that were started last first.
     *
     * @return whether that was done within 20 seconds, and what the export may take
     */
    boolean stop() throws BundleException, InterruptedException {
        long millis = STOP_TIME.toMillis() + StartState.stopMillis(framework.getBundleContext());
        framework.stop();
        return framework.waitForStop(millis).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    }

    private static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return properties;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
