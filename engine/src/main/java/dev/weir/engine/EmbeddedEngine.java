package dev.weir.engine;

import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockDeviceFactory;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.clock.SystemClock;
import dev.weir.engine.debt.Debts;
import dev.weir.engine.policy.PolicyWatch;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The engine for a program without an OSGi framework such as a test. Methods replace the services of OSGi. This is
 * the only class of the bundle that other code may use, and only without a framework. See docs/design/decisions/015.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedEngine implements AutoCloseable {
    private final PolicyWatch watch = new PolicyWatch();
    private final SystemClock clock = new SystemClock();
    private final Map<String, Drive> drives = new ConcurrentHashMap<>();
    private final Map<String, DriveControl> controls = new ConcurrentHashMap<>();
    private final Map<String, GroupControl> groups = new ConcurrentHashMap<>();
    private final Engine engine = new Engine(
            clock,
            new Publisher() {
                @Override
                public <S> Publication publish(Class<S> type, S service, Map<String, ?> properties) {
                    if (service instanceof Drive drive) {
                        return put(drives, drive.name(), drive);
                    }
                    return service instanceof GroupControl group
                            ? put(groups, group.name(), group)
                            : put(controls, ((DriveControl) service).name(), (DriveControl) service);
                }
            },
            Runnable::run,
            Debts.NONE);

    /** Starts an engine without drives on the system's clock. */
    public EmbeddedEngine() {
        clock.start();
        watch.start();
    }

    private static <S> Publisher.Publication put(Map<String, S> services, String name, S service) {
        services.put(name, service);
        return new Publisher.Publication() {
            @Override
            public void update(Map<String, ?> properties) {
                // a program without OSGi has no service properties
            }

            @Override
            public void withdraw() {
                services.remove(name, service);
            }
        };
    }

    /** Adds a type of backend. */
    public void add(BlockBackendFactory factory) {
        engine.addBackends(factory, 0);
    }

    /** Adds a type of device. */
    public void add(BlockDeviceFactory factory) {
        engine.addBackends(factory, 0);
    }

    /** Adds a type of filter. */
    public void add(BlockFilterFactory factory) {
        engine.addFilters(factory, 0);
    }

    /** Adds a type of policy. */
    public void add(ThrottlePolicyFactory factory) {
        engine.addPolicies(factory, 0);
    }

    /** Adds a drive or changes the settings of the drive of that name. */
    public void configure(DriveSettings settings) {
        engine.configure(settings);
    }

    /** Adds a group or changes the settings of the group of that name. */
    public void configure(GroupSettings settings) {
        engine.configure(settings);
    }

    /** Closes and removes a drive. Does nothing if no drive has the name. */
    public void remove(String drive) {
        engine.removeDrive(drive);
    }

    /** Returns the control of a group, or null if no group of that name is configured. */
    public @Nullable GroupControl group(String name) {
        return groups.get(name);
    }

    /** Returns a drive, or null while its backend is not open. Its {@link #control} then gives the reason. */
    public @Nullable Drive drive(String name) {
        return drives.get(name);
    }

    /** Returns the control of a drive, or null if no drive of that name is configured. */
    public @Nullable DriveControl control(String name) {
        return controls.get(name);
    }

    /** Closes every drive. Queued requests end with ESHUTDOWN. */
    @Override
    public void close() {
        engine.close();
        watch.close();
        clock.close();
    }
}
