package dev.weir.metrics;

import dev.weir.drive.control.DriveControl;
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
 * Has an MXBean for each drive in the JVM's own MBean server. To make that server takes a twentieth of a start, so a
 * thread of its own does it, and drives are shown a moment after they are there. Thread-safe.
 */
@Component(
        service = {},
        immediate = true)
public final class DriveBeans {
    private static final Logger LOG = LoggerFactory.getLogger(DriveBeans.class);
    private static final int STOP_SECONDS = 10;

    private final ExecutorService registrar;
    private final Map<DriveControl, ObjectName> names = new HashMap<>(); // the registrar's

    /** Makes one without drives. */
    @Activate
    public DriveBeans() {
        // no thread while there is nothing to do, and nothing to be done once it is shut down
        registrar = new ThreadPoolExecutor(
                0,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DriveBeans::daemon,
                new ThreadPoolExecutor.DiscardPolicy());
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "drive beans");
        thread.setDaemon(true);
        return thread;
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
            LOG.warn("drive {} is not shown by JMX: {}", drive.name(), e.toString());
        }
    }

    private static void unregister(ObjectName name) {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (JMException e) {
            LOG.warn("{} is still shown by JMX: {}", name, e.toString());
        }
    }

    /** Takes all drives off the MBean server. */
    @Deactivate
    void stop() throws InterruptedException {
        registrar.execute(() -> names.values().forEach(DriveBeans::unregister));
        registrar.shutdown();
        if (!registrar.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn("drives are still shown by JMX: the MBean server has not answered for {} s", STOP_SECONDS);
        }
    }
}
