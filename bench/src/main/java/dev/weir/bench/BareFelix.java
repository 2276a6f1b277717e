package dev.weir.bench;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/**
 * A framework that starts the bundles of a folder, prints {@code ready} and keeps running.
 *
 * <p>Usage: {@code BareFelix BUNDLES CONFIG.PROPERTIES CACHE}.
 */
public final class BareFelix {
    /** Excluded because it would open a shell on the terminal; Weir does not start it either. */
    private static final String CONSOLE = "org.apache.felix.gogo.jline";

    private BareFelix() {}

    /** Starts the framework. */
    public static void main(String[] args) throws InterruptedException {
        try {
            Framework framework = start(Path.of(args[0]), Path.of(args[1]), args[2]);
            System.out.println("ready");
            framework.waitForStop(0);
        } catch (IOException | BundleException e) {
            System.err.println("bare Felix: " + e);
            System.exit(1); // threads of bundles that did start would keep it alive
        }
    }

    private static Framework start(Path bundles, Path configuration, String cache) throws IOException, BundleException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(configuration)) {
            properties.load(in);
        }
        properties.setProperty(Constants.FRAMEWORK_STORAGE, cache);
        Framework framework = new FrameworkFactory().newFramework(properties);
        framework.init();
        List<Bundle> installed = new ArrayList<>();
        try (Stream<Path> jars = Files.list(bundles)) {
            for (Path jar : jars.sorted().toList()) {
                installed.add(
                        framework.getBundleContext().installBundle(jar.toUri().toString()));
            }
        }
        framework.start();
        for (Bundle bundle : installed) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            if (!fragment && !CONSOLE.equals(bundle.getSymbolicName())) {
                bundle.start();
            }
        }
        return framework;
    }
}
