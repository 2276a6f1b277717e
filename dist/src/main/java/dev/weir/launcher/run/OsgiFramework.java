package dev.weir.launcher.run;

import dev.weir.launcher.deploy.DeployFolder;
import dev.weir.launcher.home.Home;
import dev.weir.launcher.log.FrameworkLog;
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
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/** The OSGi framework with Weir's bundles. One thread creates and starts it; any thread may stop it. */
final class OsgiFramework {
    /**
     * A bundle that is not started, because it would open its own shell on the terminal. Other bundles need only its
     * classes.
     */
    private static final String CONSOLE = "org.apache.felix.gogo.jline";

    /** Stop timeout of all bundles other than the export. */
    private static final Duration STOP_TIME = Duration.ofSeconds(20);

    private final Framework framework;
    private final Path bundles;
    private final DeployFolder deploy;
    private final long deployPollMillis;

    /**
     * Creates a framework without starting it.
     *
     * @param folder folder of the distribution
     * @param settings framework properties for the bundles, beside those of the distribution
     */
    OsgiFramework(Path folder, Home home, Map<String, String> settings) throws IOException {
        Map<String, Object> all = new HashMap<>(settings);
        properties(folder.resolve("conf/config.properties")).forEach((key, value) -> all.put(key.toString(), value));
        all.put(Constants.FRAMEWORK_STORAGE, home.cache().toString());
        all.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, "1");
        all.put(FelixConstants.LOG_LOGGER_PROP, new FrameworkLog());
        // JNA unpacks its library here and not in ~/.cache, so that leftovers of a killed Weir go with the cache
        System.setProperty("jna.tmpdir", home.cache().resolve("jna").toString());
        framework = new FrameworkFactory().newFramework(all);
        bundles = folder.resolve("bundles");
        deploy = new DeployFolder(home.deploy(), home.run().resolve("deploy"), framework);
        deployPollMillis = Long.parseLong(String.valueOf(all.getOrDefault("weir.deploy.poll", 500)));
    }

    /** Initializes the framework, so that listeners can be added. It has no bundles yet. */
    BundleContext init() throws BundleException {
        framework.init();
        return framework.getBundleContext();
    }

    /**
     * Installs the bundles, then starts them by start level on a thread of the framework. The name of a folder is the
     * start level of its bundles (see {@code docs/design/decisions/005-launcher.md}).
     *
     * @param started called after an attempt to start each bundle
     */
    void start(Runnable started) throws BundleException, IOException, InterruptedException {
        framework.start();
        FrameworkStartLevel startLevel = framework.adapt(FrameworkStartLevel.class);
        int highest = 1;
        for (Path folder : list(bundles)) {
            int level = Integer.parseInt(folder.getFileName().toString());
            // a start level that is set later writes the bundle's file again and starts a search for bundles to start
            startLevel.setInitialBundleStartLevel(level);
            for (Path jar : list(folder)) {
                install(jar);
            }
            highest = Math.max(highest, level);
        }
        startLevel.setInitialBundleStartLevel(1); // of bundles that a user installs later
        deploy.install();
        publish("deploy-faults", deploy::faults);
        publish("deployed", deploy::running);
        // resolving all bundles together is faster than one by one
        framework.adapt(FrameworkWiring.class).resolveBundles(null);
        startLevel.setStartLevel(highest, event -> {
            started.run();
            deploy.follow(deployPollMillis);
        });
    }

    private void install(Path jar) throws BundleException {
        Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
        boolean fragment = (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
        if (!fragment && !CONSOLE.equals(bundle.getSymbolicName())) {
            bundle.start(Bundle.START_ACTIVATION_POLICY);
        }
    }

    /** Registers lines for the shell's {@code status}. */
    private void publish(String kind, Supplier<List<String>> lines) {
        Dictionary<String, ?> properties = FrameworkUtil.asDictionary(Map.of("weir.lines", kind));
        framework.getBundleContext().registerService(Supplier.class, lines, properties);
    }

    /** Returns whether a bundle is from {@code deploy/}. */
    boolean isDeployed(Bundle bundle) {
        return deploy.owns(bundle);
    }

    /** Waits until the framework has stopped for any reason. */
    void awaitStop() throws InterruptedException {
        framework.waitForStop(0);
    }

    /**
     * Stops the bundles in reverse start order.
     *
     * @return whether they stopped within 20 s plus the stop timeout of the export
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
