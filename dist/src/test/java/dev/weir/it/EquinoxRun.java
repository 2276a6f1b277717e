package dev.weir.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Runs the bundles of the distribution in the framework on the class path, without the launcher. The arguments are the
 * distribution and the home. Prints the bundles that do not resolve, and {@code serving} when a drive is served.
 */
public final class EquinoxRun {
    private static final int TRIES = 600;

    private EquinoxRun() {}

    /** Runs it and ends the process. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[1]);
        Map<String, String> settings = new HashMap<>();
        settings.put("org.osgi.framework.storage", home.resolve("cache").toString());
        settings.put("weir.home", home.toString());
        settings.put("weir.cwd", home.toString());
        settings.put("weir.drive.0", "id=vm1,memory=1M");
        settings.put(
                "org.osgi.framework.system.packages.extra",
                "org.slf4j;version=\"2.0.17\",org.slf4j.event;version=\"2.0.17\",org.slf4j.helpers;version=\"2.0.17\","
                        + "org.slf4j.spi;version=\"2.0.17\",javax.annotation;version=\"3.0.0\"");
        FrameworkFactory factory =
                ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
        Framework framework = factory.newFramework(settings);
        framework.start();
        start(framework, Path.of(arguments[0], "bundles"));
        for (int i = 0; i < TRIES && Files.notExists(home.resolve("run/nbd.sock")); i++) {
            Thread.sleep(100);
        }
        boolean serving = framework.getBundleContext().getAllServiceReferences("dev.weir.drive.Drive", null) != null;
        System.out.println(serving ? "serving" : "no drive");
        framework.stop();
        framework.waitForStop(0);
        System.exit(0);
    }

    private static void start(Framework framework, Path folder) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        try (Stream<Path> jars = Files.walk(folder)) {
            for (Path jar : jars.filter(Files::isRegularFile).sorted().toList()) {
                bundles.add(
                        framework.getBundleContext().installBundle(jar.toUri().toString()));
            }
        }
        framework.adapt(FrameworkWiring.class).resolveBundles(bundles);
        for (Bundle bundle : bundles) {
            if ("org.apache.felix.gogo.jline".equals(bundle.getSymbolicName())) {
                continue; // it would open its own shell on the terminal
            }
            try {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            } catch (BundleException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
