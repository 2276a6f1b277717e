package dev.weir.it;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformManagedObject;
import java.lang.management.ThreadMXBean;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Memory, threads and descriptors of a Weir, read from its MBeans. */
final class Vitals implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    /**
     * A sample.
     *
     * @param heapKib heap after a collection, in KiB
     * @param directKib direct buffers of the server and of memory drives, in KiB
     * @param threads platform threads
     * @param descriptors open descriptors
     */
    record Figures(long heapKib, long directKib, int threads, long descriptors) {}

    private Vitals(JMXConnector connector) throws IOException {
        this.connector = connector;
        server = connector.getMBeanServerConnection();
    }

    @SuppressWarnings("BanJNDI") // the address is one of this machine, that the process itself gave
    private static JMXConnector connect(String url) throws IOException {
        return JMXConnectorFactory.connect(new JMXServiceURL(url));
    }

    /** Connects to a Weir, which costs it some descriptors and threads until this is closed. */
    static Vitals of(Weir weir) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(weir.pid()));
            try {
                return new Vitals(connect(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /** Collects garbage and returns a sample. */
    Figures afterCollection() throws IOException {
        MemoryMXBean memory = bean(MemoryMXBean.class);
        memory.gc();
        return new Figures(
                memory.getHeapMemoryUsage().getUsed() >> 10,
                directBytes() >> 10,
                bean(ThreadMXBean.class).getThreadCount(),
                bean(UnixOperatingSystemMXBean.class).getOpenFileDescriptorCount());
    }

    private long directBytes() throws IOException {
        return ManagementFactory.getPlatformMXBeans(server, BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private <T extends PlatformManagedObject> T bean(Class<T> type) throws IOException {
        return ManagementFactory.getPlatformMXBean(server, type);
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
