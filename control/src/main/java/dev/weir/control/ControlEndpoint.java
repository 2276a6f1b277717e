package dev.weir.control;

import dev.weir.access.AccessToken;
import dev.weir.access.ControlAccess;
import dev.weir.control.access.Sessions;
import dev.weir.control.access.Tokens;
import dev.weir.control.api.Api;
import dev.weir.control.event.EventStreams;
import dev.weir.control.server.HttpServer;
import dev.weir.control.server.ServerSettings;
import dev.weir.event.EventLog;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API. Needs the configuration {@value #PID}; without it no class of the server is loaded.
 *
 * <p>Thread-safe. One thread starts and stops the server, so that the framework does not wait for it.
 */
@Component(
        service = {ControlAccess.class, Supplier.class},
        property = {"weir.lines=faults", "weir.part=control"},
        immediate = true,
        configurationPid = ControlEndpoint.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ControlEndpoint implements ControlAccess, Supplier<List<String>> {
    /** PID of the configuration. It exists only while addresses are configured. */
    static final String PID = "weir.control";

    private static final Logger LOG = LoggerFactory.getLogger(ControlEndpoint.class);

    /** The period between two checks: for unusable addresses and for slow requests (s). */
    private static final long LOOK_SECONDS = 5;

    private static final long STOP_SECONDS = 2;

    private final InstalledServices services;
    private final Tokens tokens;
    private final EventStreams events;
    private final Sessions sessions = new Sessions(System::currentTimeMillis);
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-control-start"));

    private volatile Map<String, Object> properties = Map.of();
    private volatile List<String> faults = List.of();
    private volatile List<String> warnings = List.of();
    private volatile List<String> addresses = List.of();

    /** Null outside a framework. */
    @Activate
    @Nullable
    BundleContext context;

    private @Nullable ServiceRegistration<?> warningLines;

    // confined to the thread
    private @Nullable HttpServer server;
    private Map<String, Object> served = Map.of();

    /** Creates an endpoint that does not listen until it is activated. */
    @Activate
    public ControlEndpoint(@Reference InstalledServices services) {
        this.services = services;
        events = new EventStreams(services);
        tokens = new Tokens(Path.of(services.home(), "tokens"), System::currentTimeMillis);
    }

    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // the task reports its failure itself
    void start(Map<String, Object> configuration) {
        properties = configuration;
        if (context != null) {
            Supplier<List<String>> lines = () -> warnings;
            warningLines = context.registerService(
                    Supplier.class, lines, FrameworkUtil.asDictionary(Map.of("weir.lines", "warnings")));
        }
        services.ownFaults(this);
        Runnable look = Supervision.task("weir-control-start", this::look, LOG::error);
        thread.scheduleWithFixedDelay(look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    @Modified
    @SuppressWarnings("FutureReturnValueIgnored")
    void configure(Map<String, Object> configuration) {
        properties = configuration;
        thread.execute(Supervision.task("weir-control-change", this::look, LOG::error));
    }

    /**
     * Starts the server, and restarts it after a change. Else ends slow requests and tries unusable addresses again.
     */
    private void look() {
        serve();
        List<String> before = warnings;
        warnings = server == null ? List.of() : server.warnings();
        warnings.stream().filter(line -> !before.contains(line)).forEach(LOG::warn);
    }

    private void serve() {
        Map<String, Object> wanted = properties;
        HttpServer running = server;
        if (running != null && wanted.equals(served)) {
            running.endSlowRequests();
            if (!running.faults().isEmpty()) {
                running.listen();
                report(running);
            }
            return;
        }
        try {
            finish(); // a request that changes the addresses gets its answer
            open(wanted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stops
        }
    }

    private void open(Map<String, Object> wanted) {
        try {
            HttpServer opened = HttpServer.start(
                    settings(wanted),
                    Api.router(services, services.version()),
                    events,
                    tokens,
                    sessions,
                    System::currentTimeMillis);
            server = opened;
            served = wanted;
            report(opened);
        } catch (IOException e) {
            report(List.of("control.listen: " + e.getMessage()));
        }
    }

    private void report(HttpServer running) {
        if (!running.addresses().equals(addresses)) {
            addresses = running.addresses();
            addresses.forEach(address -> LOG.info("the HTTP API is at {}", address));
        }
        report(running.faults());
    }

    private void report(List<String> found) {
        if (!found.equals(faults)) {
            found.forEach(LOG::warn);
        }
        faults = found;
    }

    private static ServerSettings settings(Map<String, Object> wanted) {
        return new ServerSettings(
                strings(wanted, "listen"),
                text(wanted, "socket.mode", "0600"),
                text(wanted, "socket.group", ""),
                Set.copyOf(strings(wanted, "hosts")),
                path(wanted, "tls.certificate"),
                path(wanted, "tls.key"));
    }

    private static List<String> strings(Map<String, Object> from, String key) {
        return from.get(key) instanceof String[] all ? List.of(all) : List.of();
    }

    private static String text(Map<String, Object> from, String key, String otherwise) {
        return from.get(key) instanceof String text ? text : otherwise;
    }

    private static @Nullable Path path(Map<String, Object> from, String key) {
        return from.get(key) instanceof String text ? Path.of(text) : null;
    }

    private void finish() throws InterruptedException {
        HttpServer running = server;
        server = null;
        if (running != null) {
            running.finish();
        }
    }

    private void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    @Deactivate
    void stop() throws InterruptedException {
        if (warningLines != null) {
            warningLines.unregister();
        }
        thread.shutdownNow();
        events.close();
        if (thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            close();
        }
    }

    /** Returns the reasons why it does not listen, for the shell's {@code reload} and {@code status}. */
    @Override
    public List<String> get() {
        return faults;
    }

    @Override
    public List<AccessToken> tokens() throws IOException {
        return tokens.list();
    }

    @Override
    public String add(String name, boolean readOnly) throws IOException {
        return tokens.add(name, readOnly);
    }

    @Override
    public void revoke(String name) throws IOException {
        tokens.revoke(name);
    }

    @Override
    public @Nullable EventLog events() {
        return services.events();
    }

    @Override
    public List<String> consoleLinks() {
        List<String> tcp =
                addresses.stream().filter(address -> address.startsWith("tcp:")).toList();
        if (tcp.isEmpty()) {
            throw new IllegalStateException(
                    "the console needs a TCP address, for example control.listen = \"tcp:127.0.0.1:8470\"");
        }
        String scheme = properties.containsKey("tls.certificate") ? "https://" : "http://";
        String code = sessions.newCode();
        return tcp.stream()
                .map(address -> scheme + address.substring("tcp:".length()) + "/#code=" + code)
                .toList();
    }
}
