package dev.weir.engine;

import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The chaos model of all drives, groups and policies, and the laws of the engine that follow from it. The first
 * violation of a law is kept because the engine may catch the exceptions of clients and backends.
 */
final class ModelledEngine {
    final List<ModelledQueue> queues = new ArrayList<>();
    final Map<String, ModelledQueue> groups = new HashMap<>();
    private final EngineFixture fixture;

    /** The types of the registered policies. */
    private final Set<String> policies = new HashSet<>();

    private @Nullable String violation;

    /** The number of requests that reached a backend. */
    private long released;

    ModelledEngine(EngineFixture fixture) {
        this.fixture = fixture;
    }

    long released() {
        return released;
    }

    long now() {
        return fixture.clock.nanoTime();
    }

    /** Records whether a policy is registered. */
    void policy(String type, boolean isRegistered) {
        if (isRegistered) {
            policies.add(type);
        } else {
            policies.remove(type);
        }
    }

    boolean isThere(String policy) {
        return policies.contains(policy);
    }

    /** Returns whether a policy can enforce limits. A missing policy refuses none. */
    boolean accepts(String policy, ThrottleLimits limits) {
        return !policy.equals("slice")
                || !isThere(policy)
                || LimitKey.ALL.stream().allMatch(key -> limits.max(key) == 0);
    }

    /** Checks a request that has reached a backend. */
    void reached(ChaosRequest request, String drive, long size) {
        long offset = request.offset();
        ModelledQueue queue = request.queue;
        expect(!request.reached, () -> offset + " reached the backend twice");
        expect(drive.equals(queue.name) && queue.configured, () -> offset + " reached the backend of " + drive);
        Drive open = fixture.driveIfAny(drive);
        expect(open == null || open.size() == size, () -> offset + " reached another image of " + drive);
        request.reached = true;
        released++;
        Direction direction = request.operation().direction();
        if (direction != null) {
            expect(queue.isInOrder(direction, offset), () -> offset + " was overtaken in " + drive + " " + direction);
            charge(queue, request, direction);
            List<ModelledQueue> path = path(queue);
            expect(path != null, () -> offset + " was released although a group above " + drive + " is unusable");
            if (path != null) {
                path.forEach(group -> charge(group, request, direction));
            }
        }
    }

    /** Returns the groups above a drive, or null if one of them is missing or below itself. */
    private @Nullable List<ModelledQueue> path(ModelledQueue drive) {
        List<ModelledQueue> path = new ArrayList<>();
        String above = drive.group;
        while (above != null) {
            ModelledQueue group = groups.get(above);
            if (group == null || path.contains(group)) {
                return null;
            }
            path.add(group);
            above = group.group;
        }
        return path;
    }

    private void charge(ModelledQueue owner, ChaosRequest request, Direction direction) {
        if (!owner.hasLimits()) {
            return;
        }
        expect(
                isThere(owner.policy),
                () -> request.offset() + " was released although policy " + owner.policy + " is missing");
        long bytes = request.operation() == Operation.TRIM ? 0 : request.length();
        LimitKey broken = owner.own.release(direction, bytes, owner.policy.equals("slice"), now());
        expect(broken == null, () -> request.offset() + " was released too early for " + broken + " of " + owner.name);
    }

    /**
     * Checks all drives.
     *
     * @throws AssertionError if a law was broken since the start
     */
    void check() {
        for (ModelledQueue queue : queues) {
            if (queue.configured) {
                check(queue, fixture.control(queue.name).snapshot());
            }
        }
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }

    private void check(ModelledQueue queue, DriveSnapshot snapshot) {
        int queued = snapshot.queuedReads() + snapshot.queuedWrites();
        expect(queued == queue.waiting.size(), () -> "%s has %d in its queue, of %d that are not completed"
                .formatted(queue.name, queued, queue.waiting.size()));
        expect(queued == 0 || snapshot.state() != State.UNAVAILABLE, () -> queue.name + " is closed with requests");
        if (queued > 0) {
            List<ModelledQueue> path = path(queue);
            boolean free = !queue.hasLimits() && path != null && path.stream().noneMatch(ModelledQueue::hasLimits);
            expect(!free, () -> queue.name + " has no limits and a queue");
            if (snapshot.state() == State.SERVING) {
                expect(someTimerIsSet(queue), () -> queue.name + " has a queue and no armed timer");
            } else {
                expect(mayHold(queue, path), () -> queue.name + " holds: " + snapshot.reason());
            }
        }
    }

    private boolean someTimerIsSet(ModelledQueue queue) {
        return queues.stream()
                .filter(other -> other.configured && (other == queue || isInTreeOf(queue, other)))
                .anyMatch(
                        other -> fixture.control(other.name).snapshot().timer().armed());
    }

    private boolean isInTreeOf(ModelledQueue queue, ModelledQueue other) {
        List<ModelledQueue> path = path(queue);
        List<ModelledQueue> otherPath = path(other);
        return path != null
                && otherPath != null
                && !path.isEmpty()
                && !otherPath.isEmpty()
                && path.get(path.size() - 1) == otherPath.get(otherPath.size() - 1);
    }

    private boolean mayHold(ModelledQueue queue, @Nullable List<ModelledQueue> path) {
        return path == null || mayFail(queue) || path.stream().anyMatch(this::mayFail);
    }

    /** Whether an owner's policy may be missing, broken or unable to enforce the limits at its return. */
    private boolean mayFail(ModelledQueue owner) {
        boolean bursts =
                LimitKey.ALL.stream().anyMatch(key -> owner.own.limits().max(key) > 0);
        boolean refuses = owner.policy.equals("slice") && bursts;
        return owner.hasLimits() && (!isThere(owner.policy) || owner.policy.equals("moody") || refuses);
    }

    void expect(boolean truth, Supplier<String> otherwise) {
        if (!truth && violation == null) {
            violation = otherwise.get();
        }
    }
}
