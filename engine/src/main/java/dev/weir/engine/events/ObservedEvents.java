package dev.weir.engine.events;

import dev.weir.clock.Clock;
import dev.weir.cluster.ClusterControl;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.event.EventLog;
import dev.weir.event.StateEvent;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds events by a look at each drive and group every half second. The component exists while a bundle holds the
 * service. Without one it costs nothing (see {@code docs/design/decisions/054-events.md}).
 *
 * <p>Thread-safe. One thread looks.
 */
@Component
public final class ObservedEvents implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedEvents.class);

    private static final long LOOK_MILLIS = 500;

    private final Clock clock;
    private final String epoch = UUID.randomUUID().toString();
    private final RecentEvents events = new RecentEvents();
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, DaemonThreads.named("weir-events"));

    // confined to the thread
    private final Map<DriveControl, DriveWatch> drives = new HashMap<>();
    private final Map<GroupControl, GroupWatch> groups = new HashMap<>();
    private @Nullable ClusterWatch cluster;
    private boolean isStarted;
    private List<Object> configuration = List.of();

    /** Creates a log without events. */
    @Activate
    public ObservedEvents(@Reference Clock clock) {
        this.clock = clock;
    }

    /** Begins the looks. Drives and groups that exist before are no events. */
    @Activate
    @SuppressWarnings("FutureReturnValueIgnored") // a task reports its own failure
    void start() {
        run(() -> isStarted = true);
        Runnable look = Supervision.task("weir-events", this::look, LOG::error);
        thread.scheduleWithFixedDelay(look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void stop() {
        thread.shutdownNow();
    }

    /** Runs a step on the thread. After the stop it does nothing. */
    private void run(Runnable step) {
        try {
            thread.execute(Supervision.task("weir-events", step, LOG::error));
        } catch (RejectedExecutionException e) {
            LOG.debug("an event after the stop", e);
        }
    }

    private static long millis() {
        return System.currentTimeMillis();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        run(() -> {
            DriveWatch watch = new DriveWatch(drive, events::add);
            drives.put(drive, watch);
            if (isStarted) {
                events.add(new StateEvent(StateEvent.DRIVE_ADDED, drive.name(), millis(), watch.state()));
            }
        });
    }

    void removeDrive(DriveControl drive) {
        run(() -> {
            drives.remove(drive);
            events.add(new StateEvent(StateEvent.DRIVE_REMOVED, drive.name(), millis(), Map.of()));
        });
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addGroup(GroupControl group) {
        run(() -> {
            groups.put(group, new GroupWatch(group, events::add));
            if (isStarted) {
                events.add(new StateEvent(StateEvent.GROUP_ADDED, group.name(), millis(), Map.of()));
            }
        });
    }

    void removeGroup(GroupControl group) {
        run(() -> {
            groups.remove(group);
            events.add(new StateEvent(StateEvent.GROUP_REMOVED, group.name(), millis(), Map.of()));
        });
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setConfiguration(ConfigurationSource source, Map<String, Object> properties) {
        updatedConfiguration(source, properties);
    }

    void updatedConfiguration(ConfigurationSource source, Map<String, Object> properties) {
        List<Object> now = List.of(
                lines(properties, ConfigurationSource.CHANGES),
                Objects.requireNonNullElse(properties.get(ConfigurationSource.CHANGED_MILLIS), 0L),
                lines(properties, ConfigurationSource.FAULTS),
                lines(properties, ConfigurationSource.WARNINGS));
        run(() -> {
            List<Object> before = configuration;
            configuration = now;
            if (isStarted && !now.equals(before)) {
                boolean isApplied = before.isEmpty() || !now.get(1).equals(before.get(1));
                Map<String, @Nullable Object> details = new HashMap<>();
                details.put("changes", isApplied ? now.get(0) : List.of());
                details.put("faults", now.get(2));
                details.put("warnings", now.get(3));
                events.add(new StateEvent(StateEvent.CONFIGURATION, "", millis(), details));
            }
        });
    }

    void unsetConfiguration(ConfigurationSource source) {
        // its last outcome stays known
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setCluster(ClusterControl control) {
        run(() -> cluster = new ClusterWatch(control, events::add));
    }

    void unsetCluster(ClusterControl control) {
        run(() -> cluster = null);
    }

    private static List<String> lines(Map<String, Object> properties, String key) {
        return properties.get(key) instanceof String[] lines
                ? Arrays.stream(lines).filter(Objects::nonNull).toList()
                : List.of();
    }

    private void look() {
        long now = clock.nanoTime();
        long millis = millis();
        drives.values().forEach(watch -> watch.look(now, millis));
        groups.values().forEach(watch -> watch.look(millis));
        if (cluster != null) {
            try {
                cluster.look(millis);
            } catch (IllegalStateException e) {
                LOG.debug("the cluster does not answer", e);
            }
        }
    }

    @Override
    public String epoch() {
        return epoch;
    }

    @Override
    public List<Entry> after(long id) {
        return events.after(id);
    }

    @Override
    public AutoCloseable listen(Runnable listener) {
        return events.listen(listener);
    }
}
