package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.export.ExportBounds;
import dev.weir.memory.MemoryShares;
import dev.weir.nbd.connection.ClientQuotas;
import dev.weir.nbd.connection.Exports;
import dev.weir.nbd.connection.StopMode;
import dev.weir.nbd.connection.TlsPolicy;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.wire.TlsContext;
import dev.weir.nbd.wire.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
 * Serves every drive over NBD. It registers its {@link DriveExport} itself, for the properties of that service
 * change with what it could listen on.
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

        /** Addresses: {@code unix:/path} and {@code tcp:host:port}, where port 0 is any that is free. */
        String[] listen() default {};

        /** The drive that clients get who name none; empty if that is the only one there is. */
        String default_export() default "";

        /** How many connections there may be. */
        int max_connections() default 4096;

        /** How long a client may take until it is in transmission, in seconds. */
        int handshake_timeout() default 10;

        /** How many requests of a connection may be in flight. */
        int max_requests() default 1024;

        /** What these may carry, in bytes. */
        long max_request_bytes() default 64L << 20;

        /** What the requests of all connections may carry, in bytes; each counts as 4 KiB at least. */
        long max_total_bytes() default 256L << 20;

        /** How long a client may leave its replies unread while others need the memory, in seconds. */
        int stall_timeout() default 60;

        /** How long a thread looks for more to do before it sleeps, in nanoseconds; 0 to sleep at once. */
        long busy_poll() default 0;

        /** {@code off}, {@code optional} or {@code required}. */
        String tls() default "off";

        /** Absolute paths of PEM files; empty if there is none. */
        String tls_certificate() default "";

        /** Likewise, the key of that certificate. */
        String tls_key() default "";

        /** Likewise, the authorities of clients' certificates. */
        String tls_client_ca() default "";

        /** The absolute path of a file of pre-shared keys, or empty. */
        String tls_psk() default "";

        /** Whether clients from beyond this machine may do without TLS. */
        boolean plaintext_tcp() default false;

        /** How long the end may take, in milliseconds. */
        long stop_millis() default 10_000;

        /** Whether requests that are held when it ends are answered with {@code NBD_ESHUTDOWN}. */
        boolean stop_answers() default false;
    }

    private static final Logger LOG = LoggerFactory.getLogger(NbdExport.class);

    private final BundleContext context;
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);
    private @Nullable ServiceRegistration<DriveExport> registration;
    private volatile long stopMillis;
    private volatile StopMode queued = StopMode.UNANSWERED;
    private @Nullable String tlsFault;

    /** Makes an export that listens once it is {@linkplain #activate activated}, when it knows the drives there are. */
    @Activate
    public NbdExport(BundleContext context) {
        this.context = context;
    }

    /**
     * Starts to listen. An address that it cannot listen on is a fault that the service's properties tell.
     *
     * @throws IOException if the system does not let it start at all
     */
    @Activate
    void activate(Config config) throws IOException {
        server.start();
        apply(config);
        registration = context.registerService(DriveExport.class, this, properties());
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

    /** Listens where it is now told to; what stays as it was notices nothing. */
    @Modified
    void modified(Config config) {
        apply(config);
        if (registration != null) {
            registration.setProperties(properties());
        }
    }

    /** Keys that are no good change nothing: what was not to be had without TLS is still not to be had. */
    private void listen(Config config) {
        try {
            server.secure(security(config));
            tlsFault = null;
            server.listen(List.of(config.listen()));
        } catch (IOException e) {
            tlsFault = "TLS: " + e.getMessage();
            LOG.error("{}; what was there before stays", tlsFault);
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

    /** Answers what is with a backend, closes every connection and ends its threads. */
    @Deactivate
    void deactivate() {
        if (registration != null) {
            registration.unregister();
        }
        server.stop(stopMillis, queued);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, updated = "updateDrive")
    void addDrive(Drive drive, Map<String, Object> properties) {
        exports.add(drive, clients(properties));
    }

    /** Changes who may see it; a client that may no longer is let go. */
    void updateDrive(Drive drive, Map<String, Object> properties) {
        exports.add(drive, clients(properties));
        server.driveChanged(drive);
    }

    private static Set<String> clients(Map<String, Object> properties) {
        return properties.get(Drive.CLIENTS) instanceof String[] clients ? Set.of(clients) : Set.of();
    }

    /** Forgets it; its connections end when what they had asked for is answered. */
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

    @Override
    public ExportBounds bounds() {
        return server.bounds();
    }

    private Dictionary<String, Object> properties() {
        return FrameworkUtil.asDictionary(Map.of(
                ADDRESSES, server.addresses().toArray(String[]::new),
                URIS, server.uris("").toArray(String[]::new),
                STOP_MILLIS, stopMillis,
                FAULTS, faults().toArray(String[]::new)));
    }

    private List<String> faults() {
        return Stream.concat(Stream.ofNullable(tlsFault), server.faults().stream())
                .toList();
    }
}
