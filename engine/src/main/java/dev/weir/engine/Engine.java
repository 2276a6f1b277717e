package dev.weir.engine;

import dev.weir.block.BlockBackendFactory;
import dev.weir.clock.Clock;
import dev.weir.drive.DriveSettings;
import dev.weir.drive.GroupSettings;
import dev.weir.throttle.LimitFault;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All drives and groups, and the backends and policies that there are for them. Brings them together as they
 * come and go.
 *
 * <p>Thread-safe: its monitor serialises every change. No request is served under it.
 */
final class Engine {
    private final Clock clock;
    private final Publisher publisher;
    private final Factories<BlockBackendFactory> backends = new Factories<>(BlockBackendFactory::type);
    private final Factories<ThrottlePolicyFactory> policies = new Factories<>(ThrottlePolicyFactory::type);
    private final Map<String, ManagedDrive> drives = new HashMap<>();
    private final Map<String, ManagedGroup> groups = new HashMap<>();

    Engine(Clock clock, Publisher publisher) {
        this.clock = clock;
        this.publisher = publisher;
    }

    synchronized void addPolicies(ThrottlePolicyFactory factory, int ranking) {
        policies.add(factory, ranking);
        policiesChanged();
    }

    synchronized void removePolicies(ThrottlePolicyFactory factory) {
        policies.remove(factory);
        policiesChanged();
    }

    private void policiesChanged() {
        groups.values().forEach(group -> group.policiesChanged(policies));
        drives.values().forEach(drive -> drive.policiesChanged(policies));
    }

    synchronized void addBackends(BlockBackendFactory factory, int ranking) {
        backends.add(factory, ranking);
        drives.values().forEach(this::openIfPossible);
    }

    /** Closes every drive that the factory has opened. Returns when that is done. */
    synchronized void removeBackends(BlockBackendFactory factory) {
        backends.remove(factory);
        for (ManagedDrive drive : drives.values()) {
            if (drive.isOpenedBy(factory)) {
                drive.close("backend " + drive.settings().backendType() + " is missing");
                openIfPossible(drive);
            }
        }
    }

    private void openIfPossible(ManagedDrive drive) {
        BlockBackendFactory factory = backends.get(drive.settings().backendType());
        if (!drive.isOpen() && factory != null) {
            drive.open(factory);
        }
    }

    /** Adds a drive, or goes on with other settings if there is one of that name. */
    synchronized void configure(DriveSettings settings) {
        ManagedDrive drive = drives.get(settings.name());
        ThrottleDomain domain = domainOf(settings);
        if (drive == null) {
            drive = new ManagedDrive(this, settings, domain, policies.get(settings.policy()), clock, publisher);
            drives.put(settings.name(), drive);
            openIfPossible(drive);
            drive.publish();
        } else {
            drive.configure(settings, domain, policies.get(settings.policy()));
            openIfPossible(drive);
        }
    }

    private ThrottleDomain domainOf(DriveSettings settings) {
        String name = settings.group();
        ManagedGroup group = name == null ? null : groups.get(name);
        if (group != null) {
            return group.domain();
        }
        String owner = "drive %s in group %s".formatted(settings.name(), name);
        PolicySlot missing = name == null ? null : new PolicySlot(owner, "there is no such group", clock.nanoTime());
        return new ThrottleDomain(clock, missing);
    }

    synchronized void removeDrive(String name) {
        ManagedDrive drive = drives.remove(name);
        if (drive != null) {
            drive.remove();
        }
    }

    /** Adds a group, or goes on with other settings if there is one of that name. */
    synchronized void configure(GroupSettings settings) {
        ThrottlePolicyFactory policy = policies.get(settings.policy());
        ManagedGroup group = groups.get(settings.name());
        if (group == null) {
            groups.put(settings.name(), new ManagedGroup(settings, policy, clock));
            moveMembers(settings.name());
        } else {
            group.configure(settings, policy);
        }
    }

    /** Removes a group; drives that are still in it hold their queues. */
    synchronized void removeGroup(String name) {
        groups.remove(name);
        moveMembers(name);
    }

    private void moveMembers(String group) {
        for (ManagedDrive drive : drives.values()) {
            if (group.equals(drive.settings().group())) {
                drive.moveTo(domainOf(drive.settings()));
            }
        }
    }

    /** Changes a drive's policy or limits until its settings change; null leaves what it is. */
    synchronized void change(ManagedDrive drive, @Nullable String policy, @Nullable ThrottleLimits limits) {
        String type = policy == null ? drive.policyType() : policy;
        ThrottlePolicyFactory factory = policies.get(type);
        ThrottleLimits all = limits == null ? drive.currentLimits() : limits;
        if (factory != null) {
            LimitFault.refuse(factory.faults(all));
        }
        drive.reconfigure(type, factory, all);
    }

    /** Goes on with the policy and the limits of a drive's settings. */
    synchronized void restore(ManagedDrive drive) {
        DriveSettings settings = drive.settings();
        drive.reconfigure(settings.policy(), policies.get(settings.policy()), settings.limits());
    }

    /** Closes every drive. */
    synchronized void close() {
        drives.values().forEach(ManagedDrive::remove);
        drives.clear();
        groups.clear();
    }
}
