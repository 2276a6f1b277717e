package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
import dev.weir.supervision.DaemonThreads;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers an MXBean for each drive with the platform MBean server. Creating that server is slow, so a separate thread
 * registers the beans. A bean therefore appears shortly after its drive. Thread-safe.
 */
@Component(
        service = {},
        immediate = true)
public final class DriveBeans {
    private static final Logger LOG = LoggerFactory.getLogger(DriveBeans.class);
    private static final int STOP_SECONDS = 10;

    private final ExecutorService registrar;
    private final Map<DriveControl, ObjectName> names = new HashMap<>(); // used by the registrar's thread only

    /** Creates an instance without drives. */
    @Activate
    public DriveBeans() {
        // an idle registrar has no thread; tasks after the shutdown are discarded
        registrar = new ThreadPoolExecutor(
                0,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DaemonThreads.named("weir-beans"),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        registrar.execute(() -> register(drive));
    }

    void removeDrive(DriveControl drive) {
        registrar.execute(() -> {
            ObjectName name = names.remove(drive);
            if (name != null) {
                unregister(name);
            }
        });
    }

    private void register(DriveControl drive) {
        try {
            ObjectName name = new ObjectName("dev.weir:type=Drive,name=" + ObjectName.quote(drive.name()));
            ManagementFactory.getPlatformMBeanServer().registerMBean(new DriveBean(drive), name);
            names.put(drive, name);
        } catch (JMException e) {
            LOG.warn("drive {}: cannot be registered with JMX: {}", drive.name(), e.toString());
        }
    }

    private static void unregister(ObjectName name) {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (JMException e) {
            LOG.warn("{}: cannot be unregistered from JMX: {}", name, e.toString());
        }
    }

    /** Unregisters all drives from the MBean server. */
    @Deactivate
    void stop() throws InterruptedException {
        registrar.execute(() -> names.values().forEach(DriveBeans::unregister));
        registrar.shutdown();
        if (!registrar.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("drives remain registered with JMX: the MBean server did not answer within {} s", STOP_SECONDS);
        }
    }
}
