package dev.weir.launcher.deploy;

import dev.weir.launcher.home.FileOwner;
import dev.weir.launcher.log.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Hot deployment: installs, updates and removes bundles as jars in a folder appear, change and disappear. It
 * uninstalls only bundles from the folder. A jar with the name and version of a shipped bundle replaces it; removing
 * the jar restores the shipped bundle. An unusable jar leaves the previous version running. Each change is logged
 * (see {@code docs/design/decisions/018-live-changes.md}).
 *
 * <p>Thread-safe. {@code this} guards the jars during a change.
 */
public final class DeployFolder {
    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);

    private static final String PREVIOUS_RUNS = "; the previous version keeps running";

    private final Path folder;

    /** Copies of the running jars by file name, because a file in the folder may change while it is read. */
    private final Path copies;

    private final Bundle framework;
    private final Bundles bundles;
    private final Map<String, DeployedJar> jars = new ConcurrentSkipListMap<>();

    /**
     * Creates a watcher. It has no effect before {@link #install}.
     *
     * @param folder folder with the jars
     * @param copies folder for copies; its content is deleted
     * @param framework system bundle
     */
    public DeployFolder(Path folder, Path copies, Bundle framework) {
        this.folder = folder;
        this.copies = copies;
        this.framework = framework;
        bundles = new Bundles(framework);
    }

    /** Installs the jars of the folder. They start at their start level. */
    public synchronized void install() throws IOException, InterruptedException {
        Files.createDirectories(copies);
        try (Stream<Path> old = Files.list(copies)) {
            for (Path copy : old.toList()) {
                Files.delete(copy);
            }
        }
        look(true);
    }

    /**
     * Polls the folder on a daemon thread until the framework stops.
     *
     * @param everyMillis interval between two looks (ms)
     */
    public void follow(long everyMillis) {
        Thread thread = new Thread(() -> run(everyMillis), "weir-deploy");
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns whether a bundle runs from a jar of the folder. */
    public boolean owns(Bundle bundle) {
        return jars.values().stream().anyMatch(jar -> jar.owns(bundle));
    }

    /** Returns a line per running jar with its file and its bundle's name and version. */
    public List<String> running() {
        return jars.values().stream()
                .filter(jar -> jar.bundle != null)
                .map(jar -> "deploy/%s: %s".formatted(jar.file, jar.title))
                .toList();
    }

    /** Returns a line per unusable jar with its file and the reason. */
    public List<String> faults() {
        return jars.values().stream()
                .filter(jar -> !jar.fault.isEmpty())
                .map(jar -> "deploy/%s cannot be used: %s".formatted(jar.file, jar.fault))
                .toList();
    }

    private void run(long everyMillis) {
        boolean first = true;
        String fault = "";
        while ((framework.getState() & (Bundle.STARTING | Bundle.ACTIVE)) != 0) {
            try {
                if (first) {
                    startAll();
                }
                first = false;
                TimeUnit.MILLISECONDS.sleep(everyMillis);
                look(false);
                if (!fault.isEmpty()) {
                    LOG.warn("{} can be read again", folder);
                }
                fault = "";
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                // once and not at each look, which would fill the log
                if (framework.getState() == Bundle.ACTIVE && !fault.equals(e.toString())) {
                    LOG.error("cannot read {}", folder, e);
                    fault = e.toString();
                }
            }
        }
    }

    /** Starts all bundles again. Only this attempt yields the reason of one that failed to start with Weir. */
    private synchronized void startAll() throws InterruptedException {
        for (DeployedJar jar : jars.values()) {
            Bundle bundle = jar.bundle;
            if (bundle != null) {
                try {
                    bundles.start(bundle);
                } catch (BundleException e) {
                    fail(jar, Bundles.reason(e));
                    undo(jar);
                }
            }
        }
    }

    private synchronized void look(boolean atOnce) throws IOException, InterruptedException {
        if ((framework.getState() & (Bundle.STARTING | Bundle.ACTIVE)) == 0) {
            return;
        }
        Map<String, DeployedJar.Signature> now = list();
        boolean changed = remove(now);
        for (Map.Entry<String, DeployedJar.Signature> entry : now.entrySet()) {
            DeployedJar jar = jars.computeIfAbsent(entry.getKey(), DeployedJar::new);
            if (jar.hasSettled(entry.getValue(), atOnce)) {
                changed |= take(jar);
            }
        }
        while (changed) {
            changed = takeFailed();
        }
    }

    /** Retries the unusable jars. A missing dependency may have arrived, or a conflicting bundle may be gone. */
    private boolean takeFailed() throws InterruptedException {
        boolean taken = false;
        for (DeployedJar jar : jars.values()) {
            taken |= !jar.fault.isEmpty() && !jar.missing && take(jar);
        }
        return taken;
    }

    private Map<String, DeployedJar.Signature> list() throws IOException {
        Map<String, DeployedJar.Signature> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(file -> file.getFileName().toString().endsWith(".jar"))
                    .forEach(file -> files.put(file.getFileName().toString(), DeployedJar.Signature.of(file)));
        }
        return files;
    }

    /** Removes jars that were missing at two looks in a row. A jar may thus be deleted and copied again. */
    private boolean remove(Map<String, DeployedJar.Signature> now) throws InterruptedException {
        boolean removed = false;
        for (DeployedJar jar : List.copyOf(jars.values())) {
            boolean missing = !now.containsKey(jar.file);
            if (missing && jar.missing) {
                String consequence = consequence(jar);
                if (undo(jar)) {
                    LOG.atLevel(jar.fault.isEmpty() ? Level.INFO : Level.WARN)
                            .log("deploy/{} is removed{}", jar.file, consequence);
                }
                jars.remove(jar.file);
                removed = true;
            }
            jar.missing = missing;
        }
        return removed;
    }

    private static String consequence(DeployedJar jar) {
        if (jar.bundle == null) {
            return "";
        }
        return ": %s %s".formatted(jar.title, jar.shipped ? "runs again as shipped" : "is uninstalled");
    }

    /** Deploys a jar and returns whether it is usable. */
    private boolean take(DeployedJar jar) throws InterruptedException {
        Path copy = copies.resolve(jar.file + ".new");
        try {
            if (!Files.isRegularFile(folder.resolve(jar.file))) {
                throw new UnusableJarException("it is not a regular file");
            }
            String untrusted = FileOwner.faultOfJar(folder.resolve(jar.file));
            if (untrusted != null) {
                throw new UnusableJarException(untrusted + previous(jar));
            }
            Files.copy(folder.resolve(jar.file), copy, StandardCopyOption.REPLACE_EXISTING);
            BundleJar read = BundleJar.read(copy);
            String before = jar.bundle == null ? "" : jar.title;
            use(jar, read, copy);
            Files.move(copy, copies.resolve(jar.file), StandardCopyOption.REPLACE_EXISTING);
            jar.title = read.toString();
            // the end of a warning is as loud as the warning
            Level level = jar.fault.isEmpty() ? Level.INFO : Level.WARN;
            jar.fault = "";
            LOG.atLevel(level)
                    .log(
                            before.isEmpty() ? "deploy/{} is installed: {}{}" : "deploy/{} is replaced: {}, before {}",
                            jar.file,
                            read,
                            before);
            return true;
        } catch (UnusableJarException e) {
            fail(jar, String.valueOf(e.getMessage()));
        } catch (BundleException e) {
            fail(jar, Bundles.reason(e));
        } catch (IOException e) {
            fail(jar, "it cannot be read: " + Messages.reason(e));
        }
        return false;
    }

    private void use(DeployedJar jar, BundleJar read, Path copy)
            throws IOException, BundleException, UnusableJarException, InterruptedException {
        Bundle twin = bundles.twin(read);
        if (twin == null || twin.equals(jar.bundle)) {
            if (jar.bundle == null || (jar.shipped && twin == null)) {
                undo(jar);
                installNew(jar, copy);
            } else {
                update(jar.bundle, copy, copies.resolve(jar.file));
            }
            return;
        }
        if (twin.getBundleId() == framework.getBundleId()) {
            throw new UnusableJarException("it is the OSGi framework itself");
        }
        for (DeployedJar other : jars.values()) {
            if (other.owns(twin)) {
                throw new UnusableJarException(
                        "it is the same bundle as deploy/%s, %s; remove one of them".formatted(other.file, read));
            }
        }
        update(twin, copy, null);
        undo(jar);
        jar.bundle = twin;
        jar.shipped = true;
    }

    private void installNew(DeployedJar jar, Path copy) throws IOException, BundleException, InterruptedException {
        Bundle bundle = bundles.install(folder.resolve(jar.file), copy);
        try {
            bundles.start(bundle);
            jar.bundle = bundle;
        } catch (BundleException e) {
            bundles.uninstall(bundle);
            throw e;
        }
    }

    /** Updates a bundle. Rolls back to the previous version if the new one does not start. */
    private void update(Bundle bundle, Path copy, @Nullable Path before)
            throws IOException, BundleException, UnusableJarException, InterruptedException {
        try {
            bundles.update(bundle, copy);
            bundles.start(bundle);
        } catch (BundleException e) {
            bundles.update(bundle, before);
            bundles.start(bundle);
            throw new UnusableJarException(Bundles.reason(e) + PREVIOUS_RUNS);
        }
    }

    private static String previous(DeployedJar jar) {
        return jar.bundle == null ? "" : PREVIOUS_RUNS;
    }

    /** Undoes the changes of a jar: uninstalls its bundle or restores the shipped one. Returns whether it succeeded. */
    private boolean undo(DeployedJar jar) throws InterruptedException {
        Bundle bundle = jar.bundle;
        boolean shipped = jar.shipped;
        jar.bundle = null;
        jar.shipped = false;
        try {
            if (bundle != null && shipped) {
                bundles.update(bundle, null);
                bundles.start(bundle);
            } else if (bundle != null) {
                bundles.uninstall(bundle);
            }
        } catch (IOException | BundleException e) {
            String what = shipped ? "restored as shipped" : "uninstalled";
            LOG.error("deploy/{}: its bundle {} cannot be {}; restart Weir", jar.file, jar.title, what, e);
            return false;
        }
        return true;
    }

    private void fail(DeployedJar jar, String reason) {
        if (!jar.fault.equals(reason)) {
            LOG.warn("deploy/{} cannot be used: {}", jar.file, reason);
        }
        jar.fault = reason;
    }
}
