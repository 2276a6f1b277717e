package dev.weir.config;

import dev.weir.drive.control.DriveControl;
import java.io.IOException;
import java.util.Collection;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a change: the engine has it, and the drives are open.
 *
 * @param context context of the bundle
 * @param admin the Configuration Admin that delivers changes
 */
record Settlement(BundleContext context, ConfigurationAdmin admin) {
    private static final Logger LOG = LoggerFactory.getLogger(HoconConfiguration.class);

    /** Timeout for the delivery of all changes to the engine. */
    private static final long DELIVERY_SECONDS = 10;

    /** Timeout for drives that are opened again. */
    private static final long REOPEN_SECONDS = 2;

    /**
     * Waits for the delivery of changes to the engine and opens a drive that is unavailable. Returns why it does not
     * serve then; empty if it serves or does not exist.
     *
     * @param drives all drives; changes during the delivery
     */
    String state(Collection<DriveControl> drives, String name) {
        await(drives, name::equals);
        return ClosedDrives.state(drives, name);
    }

    /**
     * Waits for the delivery of changes to the engine and opens unavailable drives.
     *
     * @param drives all drives; changes during the delivery
     * @param isOpened whether an unavailable drive of a name is opened
     */
    void await(Collection<DriveControl> drives, Predicate<String> isOpened) {
        try {
            if (!Delivery.await(context, admin, DELIVERY_SECONDS)) {
                LOG.warn(
                        "Configuration Admin has not delivered the changes within {} s; drives may have their earlier"
                                + " settings",
                        DELIVERY_SECONDS);
            }
            ClosedDrives.reopen(
                    drives.stream().filter(drive -> isOpened.test(drive.name())).toList(), REOPEN_SECONDS);
        } catch (IOException e) {
            LOG.error("Configuration Admin cannot confirm the delivery of the changes", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
