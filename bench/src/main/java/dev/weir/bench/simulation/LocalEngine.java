package dev.weir.bench.simulation;

import dev.weir.block.BlockBackendFactory;
import dev.weir.clock.Clock;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.Engine;
import dev.weir.engine.Publisher;
import dev.weir.engine.debt.Debts;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An engine without an OSGi framework. Not thread-safe. */
public final class LocalEngine implements AutoCloseable {
    private final Map<String, Drive> drives = new HashMap<>();
    private final String backend;
    private final Map<String, Object> options;
    private final Engine engine;

    /** The last control only, because {@code Scale} measures the memory of a drive. */
    private @Nullable DriveControl newest;

    /**
     * Creates an engine without drives.
     *
     * @param options backend options of every drive
     */
    public LocalEngine(Clock clock, BlockBackendFactory backends, Map<String, Object> options) {
        backend = backends.type();
        this.options = options;
        engine = new Engine(
                clock,
                new Publisher() {
                    @Override
                    public <S> Publication publish(Class<S> type, S service, Map<String, ?> properties) {
                        if (service instanceof Drive drive) {
                            drives.put(drive.name(), drive);
                        } else if (service instanceof DriveControl control) {
                            newest = control;
                        }
                        return new Publication() {
                            @Override
                            public void update(Map<String, ?> newProperties) {}

                            @Override
                            public void withdraw() {}
                        };
                    }
                },
                Runnable::run,
                Debts.NONE);
        engine.addPolicies(new BucketPolicyFactory(), 0);
        engine.addPolicies(new SlicePolicyFactory(), 0);
        engine.addBackends(backends, 0);
    }

    /** Adds a drive, or changes policy and limits of the drive with that name. */
    public Drive configure(String name, String policy, ThrottleLimits limits) {
        return configure(name, policy, null, limits);
    }

    /** Adds a group with policy {@code bucket}. */
    public void configureGroup(String name, @Nullable String parent, ThrottleLimits limits) {
        engine.configure(new GroupSettings(name, "bucket", limits, parent, Share.DEFAULT));
    }

    /** Adds a drive to a group, or changes it. */
    public Drive configure(String name, String policy, @Nullable String group, ThrottleLimits limits) {
        engine.configure(DriveSettings.builder(name, backend)
                .options(options)
                .policy(policy)
                .group(group)
                .limits(limits)
                .build());
        Drive drive = drives.get(name);
        if (drive == null) {
            throw new IllegalStateException("no drive " + name);
        }
        return drive;
    }

    /** Returns the control of the drive added last. */
    public DriveControl control() {
        return Objects.requireNonNull(newest, "no drive has been added");
    }

    @Override
    public void close() {
        engine.close();
    }
}
