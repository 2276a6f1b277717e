package dev.weir.junit;

import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Limits that several drives of a test share.
 *
 * <pre>{@code
 * static final EmbeddedGroup tenant = new EmbeddedGroup().limit("iops", 100);
 *
 * @RegisterExtension
 * static final WeirDrive data = WeirDrive.memory(64 * WeirDrive.MIB).group(tenant);
 *
 * @RegisterExtension
 * static final WeirDrive log = WeirDrive.memory(8 * WeirDrive.MIB).group(tenant);
 * }</pre>
 *
 * <p>It begins with the first drive that starts and ends with the last one that is closed. The drives of a group are named {@code disk}, {@code disk2} and so on.
 *
 * <p>Describing a group is not thread-safe; a group with a drive that has started is.
 */
public final class EmbeddedGroup {
    private static final String NAME = "group";

    private final Map<String, Long> limits = new LinkedHashMap<>();
    private String policy = DriveSettings.DEFAULT_POLICY;

    // guarded by this
    private @Nullable EmbeddedEngine engine;
    private int drives;
    private int named;

    /** Describes a group without limits. */
    public EmbeddedGroup() {}

    /**
     * Sets a limit of all drives together.
     *
     * @param key as in a configuration file: {@code bps}, {@code iops_wr}, {@code iops_max} and so on
     * @param value bytes or requests per second, or seconds, or bytes, as the key has it
     * @throws IllegalArgumentException if there is no such key
     */
    public EmbeddedGroup limit(String key, long value) {
        limits.put(Described.key(key), value);
        return this;
    }

    /**
     * Chooses the policy that keeps the limits.
     *
     * @param type {@code bucket}, the default, or {@code slice}
     * @throws IllegalArgumentException if there is no such policy
     */
    public EmbeddedGroup policy(String type) {
        policy = Described.policy(type);
        return this;
    }

    /**
     * Returns the view of the group: its drives and debts.
     *
     * @throws IllegalStateException if none of its drives has started
     */
    public synchronized GroupControl control() {
        EmbeddedEngine now = engine;
        if (now == null) {
            throw new IllegalStateException("the group has no drive: none has been started, or all have been closed");
        }
        return Objects.requireNonNull(now.group(NAME));
    }

    /**
     * Lets one more drive use the engine of the group.
     *
     * @throws IllegalArgumentException if the limits of the group contradict each other
     */
    synchronized EngineLease join() {
        EmbeddedEngine shared = engine;
        if (shared == null) {
            GroupSettings settings = new GroupSettings(NAME, policy, ThrottleLimits.of(limits));
            shared = Described.engine();
            shared.configure(settings);
            engine = shared;
        }
        drives++;
        named++;
        return new EngineLease(shared, EngineLease.NAME + (named == 1 ? "" : named), NAME, this::leave);
    }

    private synchronized void leave() {
        drives--;
        EmbeddedEngine shared = engine;
        if (drives == 0 && shared != null) {
            shared.close();
            engine = null;
            named = 0;
        }
    }
}
