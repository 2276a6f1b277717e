package dev.weir.metrics;

import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.log.FailureText;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * HTTP endpoint for Prometheus at {@code /metrics}. Needs the configuration {@code weir.metrics}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = Supplier.class,
        property = "weir.lines=faults",
        immediate = true,
        configurationPid = "weir.metrics",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class MetricsEndpoint implements Supplier<List<String>> {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

    /** The time until an address that was taken is tried again. */
    private static final long RETRY_MILLIS = 1000;

    /** Name that the JDK gives to the thread of its HTTP server. */
    private static final String DISPATCHER = "HTTP-Dispatcher";

    /** The configuration {@code weir.metrics}. */
    @interface Config {

        /** Listen address {@code tcp:host:port}; port 0 selects a free port. */
        String listen();
    }

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ScheduledThreadPoolExecutor retries =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-metrics"));
    private final Supplier<ScrapeThreads> newThreads;
    private String address = "";
    private String fault = "";
    private @Nullable HTTPServer server;
    private @Nullable ScrapeThreads threads;

    /** The thread of the server that accepts connections. */
    private @Nullable Thread dispatcher;

    @Reference
    volatile List<DriveControl> drives = List.of();

    @Reference
    volatile List<GroupControl> groups = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ClusterControl cluster;

    /** Creates an endpoint that does not listen until it is activated. */
    public MetricsEndpoint() {
        this(ScrapeThreads::new);
    }

    MetricsEndpoint(Supplier<ScrapeThreads> newThreads) {
        this.newThreads = newThreads;
        registry.register(new DriveMetrics(() -> drives, () -> groups));
        registry.register(new ClusterMetrics(() -> cluster));
    }

    /** Listens, and tries again each second while the address is taken. */
    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // the task tells of its failure itself
    void start(Config config) {
        configure(config);
        Runnable retry = Supervision.task("weir-metrics", this::listen, LOG::error);
        retries.scheduleWithFixedDelay(retry, RETRY_MILLIS, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Listens on the configured address. A failure is logged and does not affect the drives. */
    @Modified
    synchronized void configure(Config config) {
        if (!address.equals(config.listen())) {
            close();
            address = config.listen();
        }
        listen();
    }

    /** Listens on the address unless it already does. Replaces a server whose dispatcher an {@link Error} has ended. */
    synchronized void listen() {
        if (dispatcher != null && !dispatcher.isAlive()) {
            LOG.error("the metrics' HTTP server has died of an error and is started again");
            close();
        }
        if (server != null || address.isEmpty()) {
            return;
        }
        ScrapeThreads answering = newThreads.get();
        try {
            URI uri = URI.create(address.replaceFirst("^tcp:", "tcp://"));
            server = HTTPServer.builder()
                    .inetAddress(InetAddress.getByName(uri.getHost()))
                    .port(uri.getPort())
                    .registry(registry)
                    .executorService(answering)
                    .buildAndStart();
            threads = answering;
            dispatcher = findDispatcher();
            // the end of a warning is as loud as the warning
            LOG.atLevel(fault.isEmpty() ? Level.INFO : Level.WARN)
                    .log("metrics are at http://{}:{}/metrics", uri.getHost(), server.getPort());
            fault = "";
        } catch (IOException e) {
            answering.shutdownNow();
            String reason = "metrics.listen = %s: cannot listen: %s".formatted(address, FailureText.of(e));
            if (!reason.equals(fault)) {
                LOG.warn(reason);
            }
            fault = reason;
        }
    }

    /** Returns the reason why the endpoint does not listen, for the shell's {@code reload} and {@code status}. */
    @Override
    public synchronized List<String> get() {
        return fault.isEmpty() ? List.of() : List.of(fault);
    }

    /** Returns the newest dispatcher of the JDK's HTTP server, which gives no access to it. */
    private static @Nullable Thread findDispatcher() {
        Thread[] all = new Thread[2 * Thread.activeCount() + 16];
        int count = Thread.currentThread().getThreadGroup().enumerate(all);
        return Stream.of(all)
                .limit(count)
                .filter(thread -> thread.getName().equals(DISPATCHER))
                .max(Comparator.comparingLong(Thread::getId))
                .orElse(null);
    }

    /** Returns the port, or -1 if the endpoint is not listening. */
    synchronized int port() {
        return server == null ? -1 : server.getPort();
    }

    /** Stops listening for good and ends all scrapes. */
    @Deactivate
    synchronized void stop() {
        retries.shutdownNow();
        address = "";
        close();
    }

    private void close() {
        dispatcher = null;
        if (server != null) {
            server.close();
            server = null;
        }
        if (threads != null) {
            threads.shutdownNow();
            threads = null;
        }
    }
}
