package dev.weir.metrics;

import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
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
 * Registers an MXBean for each drive, each group and the cluster with the platform MBean server. Creating that server
 * is slow, so a separate thread registers the beans. A bean therefore appears shortly after its drive or group.
 * Thread-safe.
 */
@Component(
        service = {},
        immediate = true)
public final class Beans {
    private static final Logger LOG = LoggerFactory.getLogger(Beans.class);
    private static final int STOP_SECONDS = 10;

    private final ExecutorService registrar;
    private final Map<Object, ObjectName> names = new HashMap<>(); // used by the registrar's thread only

    /** Creates an instance without beans. */
    @Activate
    public Beans() {
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
        registrar.execute(() -> register(drive, "Drive", drive.name(), new DriveBean(drive)));
    }

    void removeDrive(DriveControl drive) {
        remove(drive);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addGroup(GroupControl group) {
        registrar.execute(() -> register(group, "Group", group.name(), new GroupBean(group)));
    }

    void removeGroup(GroupControl group) {
        remove(group);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void addCluster(ClusterControl cluster) {
        registrar.execute(() -> register(cluster, "Cluster", cluster.local().cluster(), new ClusterBean(cluster)));
    }

    void removeCluster(ClusterControl cluster) {
        remove(cluster);
    }

    private void remove(Object control) {
        registrar.execute(() -> {
            ObjectName name = names.remove(control);
            if (name != null) {
                unregister(name);
            }
        });
    }

    private void register(Object control, String type, String name, Object bean) {
        try {
            ObjectName shown = new ObjectName("dev.weir:type=" + type + ",name=" + ObjectName.quote(name));
            ManagementFactory.getPlatformMBeanServer().registerMBean(bean, shown);
            names.put(control, shown);
        } catch (JMException e) {
            LOG.warn("{} {}: cannot be registered with JMX: {}", type, name, e.toString());
        }
    }

    private static void unregister(ObjectName name) {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (JMException e) {
            LOG.warn("{}: cannot be unregistered from JMX: {}", name, e.toString());
        }
    }

    /** Unregisters all drives and groups from the MBean server. */
    @Deactivate
    void stop() throws InterruptedException {
        registrar.execute(() -> names.values().forEach(Beans::unregister));
        registrar.shutdown();
        if (!registrar.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.warn(
                    "drives and groups remain registered with JMX: the MBean server did not answer within {} s",
                    STOP_SECONDS);
        }
    }
}
