package dev.weir.config;

import java.io.IOException;
import java.util.Dictionary;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.cm.ManagedService;

/**
 * Waits until Configuration Admin has delivered all earlier changes. Configuration Admin delivers asynchronously: to
 * services on one thread and to listeners on another. Both keep the order of changes. A marker configuration that
 * arrived on both threads is therefore the last one.
 */
final class Delivery implements ManagedService, ConfigurationListener {
    static final String PID = "weir.config.delivery";

    private final CountDownLatch service = new CountDownLatch(1);
    private final CountDownLatch listener = new CountDownLatch(1);

    private Delivery() {}

    /**
     * Waits for delivery and returns false if it is still incomplete after the timeout. The timeout applies to
     * services and to listeners in turn.
     *
     * @param seconds timeout in seconds
     */
    static boolean await(BundleContext context, ConfigurationAdmin admin, long seconds)
            throws IOException, InterruptedException {
        Delivery delivery = new Delivery();
        String[] types = {ManagedService.class.getName(), ConfigurationListener.class.getName()};
        ServiceRegistration<?> registration = context.registerService(
                types, delivery, FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_PID, PID)));
        Configuration marker = admin.getConfiguration(PID, "?");
        try {
            marker.update(FrameworkUtil.asDictionary(Map.of("last", true)));
            return delivery.service.await(seconds, TimeUnit.SECONDS)
                    && delivery.listener.await(seconds, TimeUnit.SECONDS);
        } finally {
            registration.unregister();
            marker.delete();
        }
    }

    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) {
        if (properties != null) {
            service.countDown();
        }
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getPid().equals(PID) && event.getType() == ConfigurationEvent.CM_UPDATED) {
            listener.countDown();
        }
    }
}
