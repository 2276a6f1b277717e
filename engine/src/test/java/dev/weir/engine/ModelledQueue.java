package dev.weir.engine;

import dev.weir.drive.settings.DriveSettings;
import dev.weir.throttle.Direction;
import dev.weir.throttle.ThrottleLimits;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the whole-system test knows of one drive. */
final class ModelledQueue {
    final String name;
    Allowance own = new Allowance(Chaos.LONGEST);
    String policy = "bucket";

    @Nullable
    String group;

    boolean configured;

    /** What was submitted and is not completed, by serial number. */
    final Map<Long, ChaosRequest> waiting = new HashMap<>();

    /** The serial number that went last, by direction. */
    private final long[] last = {-1, -1};

    ModelledQueue(String name) {
        this.name = name;
    }

    void configured(DriveSettings settings, long now) {
        if (!configured) {
            own = new Allowance(Chaos.LONGEST);
        }
        configured = true;
        policy = settings.policy();
        group = settings.group();
        own.limits(settings.limits(), now);
    }

    boolean hasLimits() {
        return !own.limits().equals(ThrottleLimits.NONE);
    }

    /** Returns whether this one comes after all that went before in its lane. */
    boolean isInOrder(Direction direction, long serial) {
        boolean inOrder = serial > last[direction.ordinal()];
        last[direction.ordinal()] = serial;
        return inOrder;
    }
}
