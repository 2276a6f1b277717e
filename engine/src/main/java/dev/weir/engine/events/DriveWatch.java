package dev.weir.engine.events;

import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.QueuedRequest;
import dev.weir.event.StateEvent;
import dev.weir.fault.FaultState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares a drive with its state at the last look.
 *
 * <p>Confined to the thread of the looks.
 */
final class DriveWatch {
    /** Age of a held request that is an event (ns). The log uses the same. */
    static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Pause between two looks at the queue of a drive (ns). A look at a queue costs more than one at the state. */
    private static final long QUEUE_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final DriveControl drive;
    private final Consumer<StateEvent> events;
    private DriveSnapshot last;
    private Set<String> active;

    /** Time since which the queue was never empty; meaningful while {@link #isQueued}. */
    private long queuedSince;

    private boolean isQueued;
    private boolean isHeldLong;
    private long queueSeenAt;

    /** Takes the present state as known. */
    DriveWatch(DriveControl drive, Consumer<StateEvent> events) {
        this.drive = drive;
        this.events = events;
        last = drive.snapshot();
        active = active(last);
    }

    /** Returns the state as event details. */
    Map<String, @Nullable Object> state() {
        return Map.of("state", last.state().name().toLowerCase(Locale.ROOT), "reason", last.reason());
    }

    /**
     * Looks at the drive and reports its changes.
     *
     * @param now time of the clock (ns)
     * @param millis time of the events (ms since 1970)
     */
    void look(long now, long millis) {
        DriveSnapshot before = last;
        last = drive.snapshot();
        if (last.state() != before.state() || !last.reason().equals(before.reason())) {
            event(StateEvent.DRIVE_STATE, millis, state());
        }
        List<String> changed = changed(before);
        if (!changed.isEmpty()) {
            event(StateEvent.SETTINGS_CHANGED, millis, Map.of("kind", "drive", "changed", changed));
        }
        lookAtFaults(millis);
        lookAtQueue(now, millis);
    }

    private List<String> changed(DriveSnapshot before) {
        List<String> changed = new ArrayList<>();
        if (!last.limits().equals(before.limits())) {
            changed.add("limits");
        }
        if (!last.policy().equals(before.policy())) {
            changed.add("policy");
        }
        if (!Objects.equals(last.group(), before.group())) {
            changed.add("group");
        }
        if (last.size() != before.size() && last.size() > 0 && before.size() > 0) {
            changed.add("size");
        }
        return changed;
    }

    private static Set<String> active(DriveSnapshot snapshot) {
        return snapshot.faults().stream()
                .filter(FaultState::active)
                .map(state -> state.fault().name())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void lookAtFaults(long millis) {
        Set<String> before = active;
        active = active(last);
        Set<String> ended = new HashSet<>(before);
        ended.removeAll(active);
        ended.forEach(fault -> event(StateEvent.FAULT_ENDED, millis, Map.of("fault", fault)));
        active.stream()
                .filter(fault -> !before.contains(fault))
                .forEach(fault -> event(StateEvent.FAULT_BEGAN, millis, Map.of("fault", fault)));
    }

    private void lookAtQueue(long now, long millis) {
        boolean wasQueued = isQueued;
        isQueued = last.queuedReads() + last.queuedWrites() > 0;
        if (isQueued && !wasQueued) {
            queuedSince = now;
            queueSeenAt = now;
        }
        boolean isDue = isHeldLong || now - queuedSince >= LONG_NANOS;
        if (!isQueued) {
            reportHeldLong(null, millis);
        } else if (isDue && now - queueSeenAt >= QUEUE_PAUSE_NANOS) {
            queueSeenAt = now;
            QueuedRequest oldest = drive.queue().stream()
                    .filter(request -> request.id() != QueuedRequest.LEFT_THE_QUEUE)
                    .max(Comparator.comparingLong(QueuedRequest::ageNanos))
                    .filter(request -> request.ageNanos() >= LONG_NANOS)
                    .orElse(null);
            reportHeldLong(oldest, millis);
        }
    }

    private void reportHeldLong(@Nullable QueuedRequest oldest, long millis) {
        if (oldest != null && !isHeldLong) {
            event(
                    StateEvent.HELD_LONG,
                    millis,
                    Map.of("age_nanos", oldest.ageNanos(), "held_by", oldest.heldBy(), "client", oldest.client()));
        } else if (oldest == null && isHeldLong) {
            event(StateEvent.HELD_LONG_OVER, millis, Map.of());
        }
        isHeldLong = oldest != null;
    }

    private void event(String type, long millis, Map<String, @Nullable Object> details) {
        events.accept(new StateEvent(type, drive.name(), millis, details));
    }
}
