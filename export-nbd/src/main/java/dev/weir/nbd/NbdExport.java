package dev.weir.nbd;

import dev.weir.drive.Drive;
import dev.weir.drive.DriveExport;
import java.io.IOException;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Serves every drive over NBD. It registers its {@link DriveExport} itself, for the properties of that service
 * change with what it could listen on.
 *
 * <p>Thread-safe.
 */
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
    }

    private final BundleContext context;
    private final Exports exports = new Exports();
    private final NbdServer server = new NbdServer(exports);
    private @Nullable ServiceRegistration<DriveExport> registration;

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
        server.limit(new Limits(
                config.max_connections(),
                TimeUnit.SECONDS.toMillis(config.handshake_timeout()),
                config.max_requests(),
                config.max_request_bytes(),
                config.max_total_bytes(),
                TimeUnit.SECONDS.toMillis(config.stall_timeout())));
        server.busyPoll(config.busy_poll());
        server.listen(List.of(config.listen()));
    }

    /** Listens where it is now told to; what stays as it was notices nothing. */
    @Modified
    void modified(Config config) {
        apply(config);
        if (registration != null) {
            registration.setProperties(properties());
        }
    }

    /** Closes every connection and ends its threads. */
    @Deactivate
    void deactivate() {
        if (registration != null) {
            registration.unregister();
        }
        server.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(Drive drive) {
        exports.add(drive);
    }

    /** Forgets it; its connections end when what they had asked for is answered. */
    void removeDrive(Drive drive) {
        exports.remove(drive);
        server.driveGone(drive);
    }

    @Override
    public List<String> uris(String drive) {
        return server.uris(drive);
    }

    private Dictionary<String, Object> properties() {
        return FrameworkUtil.asDictionary(Map.of(
                ADDRESSES, server.addresses().toArray(String[]::new),
                FAULTS, server.faults().toArray(String[]::new)));
    }
}
