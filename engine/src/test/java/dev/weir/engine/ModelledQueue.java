package dev.weir.engine;

import dev.weir.block.Direction;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.factory.Policies;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The chaos model of one drive or group. */
final class ModelledQueue {
    final String name;
    Allowance own = new Allowance();
    String policy = "bucket";

    /** The group above; null for none. */
    @Nullable
    String group;

    boolean configured;

    private @Nullable DriveSettings settings;

    /** Submitted requests without a completion by serial number. */
    final Map<Long, ChaosRequest> waiting = new HashMap<>();

    /** The serial number of the last release by direction. */
    private final long[] last = {-1, -1};

    ModelledQueue(String name) {
        this.name = name;
    }

    /** Applies settings. Live changes stay where the settings have not changed. */
    void configured(DriveSettings next, BiPredicate<String, ThrottleLimits> accepts, long now) {
        DriveSettings before = settings;
        settings = next;
        group = next.group();
        if (!configured || before == null) {
            own = new Allowance();
            configured = true;
            restored(now);
            return;
        }
        String type = next.policy().equals(before.policy()) ? policy : next.policy();
        ThrottleLimits limits = Policies.merge(own.limits(), before.limits(), next.limits());
        if (accepts.test(type, limits)) {
            policy = type;
            own.limits(limits, now);
        } else {
            restored(now);
        }
    }

    /** Restores the policy and the limits of the settings. */
    void restored(long now) {
        DriveSettings current = Objects.requireNonNull(settings);
        policy = current.policy();
        own.limits(current.limits(), now);
    }

    boolean hasLimits() {
        return !own.limits().equals(ThrottleLimits.NONE);
    }

    /** Returns whether this release follows all earlier ones of its lane. */
    boolean isInOrder(Direction direction, long serial) {
        boolean inOrder = serial > last[direction.ordinal()];
        last[direction.ordinal()] = serial;
        return inOrder;
    }
}
