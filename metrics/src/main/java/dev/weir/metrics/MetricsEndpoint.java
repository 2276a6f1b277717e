package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP endpoint for Prometheus at {@code /metrics}. Needs the configuration {@code weir.metrics}.
 *
 * <p>Thread-safe.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = "weir.metrics",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class MetricsEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsEndpoint.class);

    /** The configuration {@code weir.metrics}. */
    @interface Config {

        /** Listen address {@code tcp:host:port}; port 0 selects a free port. */
        String listen();
    }

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private String address = "";
    private @Nullable HTTPServer server;
    private @Nullable ScrapeThreads threads;

    @Reference
    volatile List<DriveControl> drives = List.of();

    /** Creates an endpoint that does not listen until it is activated. */
    public MetricsEndpoint() {
        registry.register(new DriveMetrics(() -> drives));
    }

    /** Listens on the configured address. A failure is logged and does not affect the drives. */
    @Activate
    @Modified
    synchronized void configure(Config config) {
        if (server != null && address.equals(config.listen())) {
            return;
        }
        stop();
        address = config.listen();
        ScrapeThreads answering = new ScrapeThreads();
        try {
            URI uri = URI.create(address.replaceFirst("^tcp:", "tcp://"));
            server = HTTPServer.builder()
                    .inetAddress(InetAddress.getByName(uri.getHost()))
                    .port(uri.getPort())
                    .registry(registry)
                    .executorService(answering)
                    .buildAndStart();
            threads = answering;
            LOG.info("metrics are at http://{}:{}/metrics", uri.getHost(), server.getPort());
        } catch (IOException e) {
            LOG.warn("metrics.listen = {}: cannot listen: {}", address, e.getMessage());
        }
    }

    /** Returns the port, or -1 if the endpoint is not listening. */
    synchronized int port() {
        return server == null ? -1 : server.getPort();
    }

    /** Stops listening and ends all scrapes. */
    @Deactivate
    synchronized void stop() {
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
