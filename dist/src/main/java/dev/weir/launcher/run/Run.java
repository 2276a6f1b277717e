package dev.weir.launcher.run;

import dev.weir.launcher.home.Home;
import dev.weir.launcher.home.HomeLock;
import dev.weir.launcher.home.StartException;
import dev.weir.launcher.log.Logs;
import dev.weir.launcher.log.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run of Weir from start to stop. */
public final class Run {
    /** Folder of the distribution with its bundles, from bin/weir. */
    private final Path distribution = Path.of(System.getProperty("weir.folder"));

    private final Home home;
    private final RunOptions options;
    private final boolean shell;

    /** Creates a run. */
    public Run(Home home, RunOptions options) {
        this.home = home;
        this.options = options;
        shell = Boolean.getBoolean("weir.terminal") && !options.noShell();
    }

    /** Runs until stopped and returns the exit status. */
    public int call() throws InterruptedException {
        StopOnSignal stop = new StopOnSignal();
        try {
            OpenFiles.check();
            home.create();
            HomeLock lock = new HomeLock(home);
            boolean healthy = runLocked(stop);
            lock.close();
            return healthy ? 0 : 1;
        } catch (StartException e) {
            Messages.say(e.reasons());
        } catch (IOException | BundleException e) {
            Messages.say("cannot run in %s: %s".formatted(home.folder(), Messages.reason(e)));
        } finally {
            stop.disarm();
        }
        return 1;
    }

    /** Runs while the home is locked. Returns false if Weir stopped because it was unhealthy. */
    private boolean runLocked(StopOnSignal stop)
            throws StartException, IOException, BundleException, InterruptedException {
        Logs logs = Logs.open(home);
        Logger log = LoggerFactory.getLogger(Run.class);
        OsgiFramework platform = new OsgiFramework(distribution, home, settings());
        Console console = new Console(home, platform);
        stop.watch(platform, console);
        ThreadWatch threads = new ThreadWatch(platform);
        threads.start();
        log.info(
                "starting in {} as process {}",
                home.folder(),
                ProcessHandle.current().pid());
        try (console) {
            StartWatcher progress = new StartWatcher(platform.init(), platform::isDeployed);
            platform.start(progress::started);
            serve(progress, console, logs);
            platform.awaitStop();
            log.info("has stopped");
            return !threads.isUnhealthy();
        } catch (StartException e) {
            log.error("cannot start: {}", e.reasons());
            platform.stop();
            throw e;
        }
    }

    /** Returns the framework properties for the bundles. */
    private Map<String, String> settings() throws IOException {
        Map<String, String> settings = options.settings();
        settings.put("weir.home", home.folder().toString());
        if (options.config() == null && options.drives().isEmpty()) {
            if (Files.notExists(home.config())) {
                Files.copy(distribution.resolve("conf/weir.conf"), home.config());
                Messages.say("created %s from the sample configuration".formatted(home.config()));
            }
            settings.put("weir.config.file", home.config().toString());
        }
        return settings;
    }

    /** Reports the start and opens the shell if this run has one. */
    private void serve(StartWatcher progress, Console console, Logs logs) throws StartException, InterruptedException {
        Optional<StartState> configured = progress.await(StartState::configured);
        configured.ifPresent(standing -> standing.warnings().forEach(Messages::say));
        refuse(configured.map(StartState::faults));
        Optional<StartState> settled = progress.await(StartState::settled);
        refuse(settled.map(StartState::exportFaults));
        settled.ifPresent(standing -> standing.exportWarnings().forEach(Messages::say));
        settled.ifPresent(standing -> standing.unavailable()
                .forEach((drive, reason) -> Messages.say("drive %s is not served: %s".formatted(drive, reason))));
        logs.openConsole();
        if (shell && settled.isPresent()) {
            System.out.print(AttachLines.of(settled.get()));
            console.open();
        } else if (progress.await(StartState::ready).isPresent()) {
            System.out.println("ready");
        }
    }

    private static void refuse(Optional<List<String>> faults) throws StartException {
        if (faults.isPresent() && !faults.get().isEmpty()) {
            throw new StartException(String.join("\n", faults.get()));
        }
    }
}
