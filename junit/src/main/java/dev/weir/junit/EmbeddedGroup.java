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
 * <p>The group exists from the start of its first drive to the close of its last one. Its drives are named {@code
 * disk}, {@code disk2} and so on.
 *
 * <p>Thread-safe once a drive has started. The methods that describe the group are not thread-safe.
 */
public final class EmbeddedGroup {
    private static final String NAME = "group";

    private final Map<String, Long> limits = new LinkedHashMap<>();
    private String policy = DriveSettings.DEFAULT_POLICY;

    // fields below: guarded by this
    private @Nullable EmbeddedEngine engine;
    private int drives;
    private int named;

    /** Describes a group without limits. */
    public EmbeddedGroup() {}

    /**
     * Sets a limit for all drives together.
     *
     * @param key a limit of the configuration file, for example {@code bps} or {@code iops_wr} or {@code iops_max}
     * @param value the value in the unit of the key: bytes/s, requests/s, bytes or seconds
     * @throws IllegalArgumentException if the key is not a limit
     */
    public EmbeddedGroup limit(String key, long value) {
        limits.put(Described.key(key), value);
        return this;
    }

    /**
     * Sets the throttling policy.
     *
     * @param type {@code bucket} (the default) or {@code slice}
     * @throws IllegalArgumentException if the policy does not exist
     */
    public EmbeddedGroup policy(String type) {
        policy = Described.policy(type);
        return this;
    }

    /**
     * {@return the control of the group, with its drives and debts}
     *
     * @throws IllegalStateException if no drive of the group is started
     */
    public synchronized GroupControl control() {
        EmbeddedEngine now = engine;
        if (now == null) {
            throw new IllegalStateException("the group has no open drive: start a drive of the group first");
        }
        return Objects.requireNonNull(now.group(NAME));
    }

    /**
     * Returns the use of the group's engine by one more drive.
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
