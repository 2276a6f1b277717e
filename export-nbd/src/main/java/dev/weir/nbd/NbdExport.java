package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.export.ExportBounds;
import dev.weir.memory.MemoryShares;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.StopMode;
import dev.weir.nbd.connection.TlsPolicy;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.quota.ClientQuotas;
import dev.weir.nbd.tls.TlsContext;
import dev.weir.nbd.tls.TlsFileException;
import dev.weir.nbd.tls.TlsFiles;
import dev.weir.nbd.unix.SocketAccess;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NBD export of all drives. It registers its {@link DriveExport} service itself because the service's properties
 * change with the addresses in use.
 *
 * <p>Thread-safe.
 */
@Capability(
        namespace = "osgi.service",
        attribute = "objectClass:List<String>=\"dev.weir.drive.export.DriveExport\"",
        effective = "active")
@Component(
        service = {},
        immediate = true,
        configurationPid = "weir.nbd",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NbdExport implements DriveExport {

    /** The configuration {@code weir.nbd}. */
    @interface Config {

        /** Addresses: {@code unix:/path} and {@code tcp:host:port}. Port 0 selects a free port. */
        String[] listen() default {};

        /** Permissions of Unix sockets: {@code 0600}, {@code 0660} or {@code 0666}. */
        String socket_mode() default "0600";

        /** Group of Unix sockets. If empty, they keep the group that the system gives them. */
        String socket_group() default "";

        /** Drive for clients that give no name. If empty, they get the only drive. */
        String default_export() default "";

        /** Largest number of connections. */
        int max_connections() default 4096;

        /** Timeout of a handshake (s). */
        int handshake_timeout() default 10;

        /** Quota of requests in flight per connection. */
        int max_requests() default 1024;

        /** Quota of data in flight per connection (bytes). */
        long max_request_bytes() default 64L << 20;

        /** Memory for the requests of all connections (bytes). Each request counts as 4 KiB at least. */
        long max_total_bytes() default 256L << 20;

        /** Timeout for a client that leaves its replies unread while other requests wait for memory (s). */
        int stall_timeout() default 60;

        /** Polling time of a thread before it sleeps (ns). At 0 it sleeps at once. */
        long busy_poll() default 0;

        /** TLS mode: {@code off}, {@code optional} or {@code required}. */
        String tls() default "off";

        /** Absolute path of the certificate (PEM) or empty. */
        String tls_certificate() default "";

        /** Absolute path of the certificate's private key (PEM) or empty. */
        String tls_key() default "";

        /** Absolute path of the authorities of client certificates (PEM) or empty. */
        String tls_client_ca() default "";

        /** Absolute path of the file of pre-shared keys or empty. */
        String tls_psk() default "";

        /** Whether remote clients may connect without TLS. */
        boolean plaintext_tcp() default false;

        /** Timeout of a stop (ms). */
        long stop_millis() default 10_000;

        /** Whether a stop answers held requests with {@code NBD_ESHUTDOWN}. */
        boolean stop_answers() default false;
    }

    private static final String TLS = "tls";
    private static final String TLS_CERTIFICATE = "tls.certificate";
    private static final String TLS_KEY = "tls.key";
    private static final String TLS_CLIENT_CA = "tls.client.ca";
    private static final String TLS_PSK = "tls.psk";

    private static final Logger LOG = LoggerFactory.getLogger(NbdExport.class);

    /** The time until an address that was taken is tried again. */
    private static final long RETRY_MILLIS = 1000;

    private final BundleContext context;
    private final ScheduledThreadPoolExecutor retries =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-nbd-listen"));
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);
    private @Nullable ServiceRegistration<DriveExport> registration;
    private volatile long stopMillis;
    private volatile StopMode queued = StopMode.UNANSWERED;
    private @Nullable String tlsFault;
    private List<String> warnings = List.of();

    /** Makes an export that listens after {@linkplain #activate activation}. The drives are known then. */
    @Activate
    public NbdExport(BundleContext context) {
        this.context = context;
    }

    /**
     * Starts to listen. An address that cannot be bound is a fault in the service's properties.
     *
     * @throws IOException if the threads cannot be started
     */
    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // the task tells of its failure itself
    synchronized void activate(Config config) throws IOException {
        server.start();
        apply(config);
        registration = context.registerService(DriveExport.class, this, properties());
        Runnable retry = Supervision.task("weir-nbd-listen", this::listenAgain, LOG::error);
        retries.scheduleWithFixedDelay(retry, RETRY_MILLIS, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void listenAgain() {
        boolean isOther = checkAccess();
        if ((server.retry() || isOther) && registration != null) {
            registration.setProperties(properties());
        }
    }

    /** Checks which users can reach the Unix sockets. Returns whether that has changed. */
    private boolean checkAccess() {
        List<String> before = warnings;
        warnings = server.warnings();
        warnings.stream().filter(line -> !before.contains(line)).forEach(LOG::warn);
        if (warnings.isEmpty() && !before.isEmpty()) {
            LOG.warn("all users of the Unix sockets can reach them now");
        }
        return !warnings.equals(before);
    }

    private void apply(Config config) {
        exports.byDefault(config.default_export());
        server.limit(new ClientQuotas(
                        config.max_connections(),
                        TimeUnit.SECONDS.toMillis(config.handshake_timeout()),
                        config.max_requests(),
                        config.max_request_bytes(),
                        config.max_total_bytes(),
                        TimeUnit.SECONDS.toMillis(config.stall_timeout()))
                .within(MemoryShares.ofThisJvm()));
        server.busyPoll(config.busy_poll());
        stopMillis = config.stop_millis();
        queued = config.stop_answers() ? StopMode.ESHUTDOWN : StopMode.UNANSWERED;
        listen(config);
    }

    /** Applies a new configuration. Unchanged addresses and connections are not interrupted. */
    @Modified
    synchronized void modified(Config config) {
        apply(config);
        if (registration != null) {
            registration.setProperties(properties());
        }
    }

    /**
     * Applies the TLS files and the addresses. Faulty TLS files leave both unchanged. So a fault never opens access
     * without TLS.
     */
    private void listen(Config config) {
        try {
            server.secure(security(config));
            server.allow(new SocketAccess(config.socket_mode(), config.socket_group()));
            if (tlsFault != null) {
                LOG.warn("the TLS files are usable again and in use");
            }
            tlsFault = null;
            server.listen(List.of(config.listen()));
            checkAccess();
        } catch (IOException e) {
            tlsFault = "TLS: " + e.getMessage();
            LOG.error("{}; the earlier TLS files and addresses stay in use", tlsFault);
        }
    }

    private static TlsPolicy security(Config config) throws IOException {
        TlsMode mode = TlsMode.valueOf(config.tls().toUpperCase(Locale.ROOT));
        TlsFiles files = new TlsFiles(
                path(config.tls_certificate()),
                path(config.tls_key()),
                path(config.tls_client_ca()),
                path(config.tls_psk()));
        return new TlsPolicy(mode, mode == TlsMode.OFF ? null : TlsContext.read(files), config.plaintext_tcp());
    }

    private static @Nullable Path path(String text) {
        return text.isEmpty() ? null : Path.of(text);
    }

    /** Answers the requests at a backend. Then it closes all connections and ends the threads. */
    @Deactivate
    void deactivate() {
        retries.shutdownNow();
        unregister();
        server.stop(stopMillis, queued);
    }

    private synchronized void unregister() {
        if (registration != null) {
            registration.unregister();
            registration = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, updated = "updateDrive")
    void addDrive(Drive drive, Map<String, Object> properties) {
        exports.add(drive, clients(properties));
    }

    /** Changes the clients that may see a drive. Connections of other clients are closed. */
    void updateDrive(Drive drive, Map<String, Object> properties) {
        exports.add(drive, clients(properties));
        server.driveChanged(drive);
    }

    private static Set<String> clients(Map<String, Object> properties) {
        return properties.get(Drive.CLIENTS) instanceof String[] clients ? Set.of(clients) : Set.of();
    }

    /** Stops exporting a drive. Its connections end after their pending requests are answered. */
    void removeDrive(Drive drive) {
        exports.remove(drive);
        server.driveChanged(drive);
    }

    @Override
    public int clients(String drive) {
        return server.clients(drive);
    }

    @Override
    public List<String> uris(String drive) {
        return server.uris(drive);
    }

    /** Reads the TLS files of a configuration. */
    @Override
    public Map<String, String> faults(Map<String, ?> configuration) {
        if (TlsMode.OFF.name().equalsIgnoreCase(text(configuration, TLS))) {
            return Map.of();
        }
        Map<String, Path> files = new LinkedHashMap<>();
        for (String property : List.of(TLS_CERTIFICATE, TLS_KEY, TLS_CLIENT_CA, TLS_PSK)) {
            Path file = path(text(configuration, property));
            if (file != null) {
                files.put(property, file);
            }
        }
        try {
            TlsContext.read(new TlsFiles(
                    files.get(TLS_CERTIFICATE), files.get(TLS_KEY), files.get(TLS_CLIENT_CA), files.get(TLS_PSK)));
            return Map.of();
        } catch (TlsFileException e) {
            return files.entrySet().stream()
                    .filter(file -> file.getValue().equals(e.file()))
                    .findFirst()
                    .map(file -> Map.of(file.getKey(), e.reason()))
                    .orElse(Map.of(TLS, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return Map.of(TLS, String.valueOf(e.getMessage()));
        }
    }

    private static String text(Map<String, ?> configuration, String property) {
        Object value = configuration.get(property);
        return value == null ? property.equals(TLS) ? TlsMode.OFF.name() : "" : value.toString();
    }

    @Override
    public ExportBounds bounds() {
        return server.bounds();
    }

    private Dictionary<String, Object> properties() {
        return FrameworkUtil.asDictionary(Map.of(
                ADDRESSES, server.addresses().toArray(String[]::new),
                URIS, server.uris("").toArray(String[]::new),
                STOP_MILLIS, stopMillis,
                WARNINGS, warnings.toArray(String[]::new),
                FAULTS, faults().toArray(String[]::new)));
    }

    private List<String> faults() {
        return Stream.concat(Stream.ofNullable(tlsFault), server.faults().stream())
                .toList();
    }
}
