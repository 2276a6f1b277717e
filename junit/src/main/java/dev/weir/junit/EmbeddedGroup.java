package dev.weir.junit;

import dev.weir.config.EmbeddedProfiles;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * <p>Groups below one root exist from the start of their first drive to the close of their last one. Their drives are
 * named {@code disk}, {@code disk2} and so on.
 *
 * <p>Thread-safe once a drive has started. The methods that describe the group are not thread-safe.
 */
public final class EmbeddedGroup {
    private final GroupTree tree;
    private final @Nullable EmbeddedGroup parent;
    private final Map<String, Long> limits = new LinkedHashMap<>();
    private final Map<String, Long> share = new LinkedHashMap<>();
    private String policy = DriveSettings.DEFAULT_POLICY;

    /** Describes a group without limits. */
    public EmbeddedGroup() {
        tree = new GroupTree();
        parent = null;
    }

    /**
     * Describes a group without limits below another group. The limits of the parent apply in addition to its own.
     *
     * @param parent the group above
     */
    public EmbeddedGroup(EmbeddedGroup parent) {
        this.tree = parent.tree;
        this.parent = parent;
    }

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
     * Takes the limits of a real disk. Limits that are set later go before them.
     *
     * @param profile name of a built-in profile, such as {@code ebs-gp3}
     * @throws IllegalArgumentException if no profile has the name
     */
    public EmbeddedGroup profile(String profile) {
        limits.putAll(EmbeddedProfiles.limits(profile).toMap());
        return this;
    }

    /**
     * Sets the weight of the group in its parent. The default is 1.
     *
     * @param weight the part of the parent's limits relative to the other waiting members; 1 to 1,000
     * @throws IllegalArgumentException if it is out of range
     */
    public EmbeddedGroup weight(int weight) {
        Described.share(share, Share.WEIGHT, weight);
        return this;
    }

    /**
     * Sets the least rate of the group in its parent.
     *
     * @param key {@code bps} or {@code iops}
     * @param value bytes/s or requests/s
     * @throws IllegalArgumentException if the key is another one or the value is out of range
     */
    public EmbeddedGroup min(String key, long value) {
        Described.share(share, "min." + key, value);
        return this;
    }

    /**
     * {@return the control of the group, with its drives and debts}
     *
     * @throws IllegalStateException if no drive of the group is started
     */
    public GroupControl control() {
        return tree.control(this);
    }

    @Nullable
    EmbeddedGroup parent() {
        return parent;
    }

    /**
     * Returns the settings.
     *
     * @param name name of the group in the engine
     * @param above name of the parent; null for none
     * @throws IllegalArgumentException if the limits contradict each other
     */
    GroupSettings settings(String name, @Nullable String above) {
        if (above == null && !share.isEmpty()) {
            throw new IllegalArgumentException(share.keySet() + ": need a parent");
        }
        return new GroupSettings(name, policy, ThrottleLimits.of(limits), above, Share.of(share));
    }

    /** Returns the use of the engine by one more drive; see {@link GroupTree#join}. */
    EngineLease join(ThrottleLimits ofDrive, Share ofShare) {
        return tree.join(this, ofDrive, ofShare);
    }
}
