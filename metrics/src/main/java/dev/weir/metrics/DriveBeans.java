package dev.weir.metrics;

import dev.weir.drive.DriveControl;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has an MXBean for each drive in the JVM's own MBean server. Thread-safe. */
@Component(
        service = {},
        immediate = true)
public final class DriveBeans {
    private static final Logger LOG = LoggerFactory.getLogger(DriveBeans.class);

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Map<DriveControl, ObjectName> names = new ConcurrentHashMap<>();

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        try {
            ObjectName name = new ObjectName("dev.weir:type=Drive,name=" + ObjectName.quote(drive.name()));
            server.registerMBean(new DriveBean(drive), name);
            names.put(drive, name);
        } catch (JMException e) {
            LOG.warn("drive {} is not shown by JMX: {}", drive.name(), e.toString());
        }
    }

    void removeDrive(DriveControl drive) {
        ObjectName name = names.remove(drive);
        if (name != null) {
            unregister(name);
        }
    }

    private void unregister(ObjectName name) {
        try {
            server.unregisterMBean(name);
        } catch (JMException e) {
            LOG.warn("{} is still shown by JMX: {}", name, e.toString());
        }
    }

    @Deactivate
    void stop() {
        names.values().forEach(this::unregister);
        names.clear();
    }
}
