package dev.weir.control;

import dev.weir.backend.memory.MemoryBackendFactory;
import dev.weir.control.api.Installation;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.engine.clock.SystemClock;
import dev.weir.event.EventLog;
import dev.weir.fault.Fault;
import dev.weir.filter.faults.FaultsFilterFactory;
import dev.weir.testkit.cluster.TestCluster;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An engine with the drive vm1 in the group tenant-a and the drive scratch, and the services of the API. */
public final class EngineFixture implements AutoCloseable {
    private final EmbeddedEngine engine = new EmbeddedEngine();
    private final SystemClock clock = new SystemClock();
    private final InstalledServices services;
    final TestDefinitions definitions = new TestDefinitions();
    final TestConfiguration configuration = new TestConfiguration();

    public EngineFixture(Path home) {
        services = new InstalledServices("1.0", home.toString());
        services.clock = clock;
        services.definitions = definitions;
        services.configuration = configuration.service();
        services.cluster = new TestCluster();
        engine.add(new MemoryBackendFactory());
        engine.add(new BucketPolicyFactory());
        engine.add(new SlicePolicyFactory());
        engine.add(new FaultsFilterFactory());
        services.policies = List.of(new BucketPolicyFactory(), new SlicePolicyFactory());
        services.backends = List.of(new MemoryBackendFactory());
        services.filters = List.of(new FaultsFilterFactory());
        engine.configure(new GroupSettings("tenant-a", "bucket", ThrottleLimits.of(Map.of("iops", 2000L))));
        services.groups = List.of(Objects.requireNonNull(engine.group("tenant-a")));
        add(DriveSettings.builder("vm1", "memory")
                .options(Map.of("size", 1L << 20))
                .group("tenant-a")
                .limits(ThrottleLimits.of(Map.of("bps", 10_485_760L)))
                .build());
        add("scratch");
    }

    /** Adds a drive without limits. */
    void add(String name) {
        add(DriveSettings.builder(name, "memory")
                .options(Map.of("size", 1L << 20))
                .build());
    }

    /** Adds a drive with a limit on requests per second. */
    void add(String name, long iops) {
        add(DriveSettings.builder(name, "memory")
                .options(Map.of("size", 1L << 20))
                .limits(ThrottleLimits.of(Map.of("iops", iops)))
                .build());
    }

    private void add(DriveSettings settings) {
        engine.configure(settings);
        services.addDrive(drive(settings.name()));
    }

    /** Removes a drive from the API. */
    void remove(String name) {
        services.removeDrive(drive(name));
    }

    /** Returns the services of the API. */
    public Installation services() {
        return services;
    }

    /** Turns the cluster off. */
    void leaveCluster() {
        services.cluster = null;
    }

    void events(EventLog log) {
        services.events = log;
    }

    /** Starts reads of 64 KiB at a drive, which a limit must slow down. */
    ReadLoad load(String drive, int depth) {
        return new ReadLoad(Objects.requireNonNull(engine.drive(drive)), depth);
    }

    DriveControl drive(String name) {
        return Objects.requireNonNull(engine.control(name));
    }

    /** Gives vm1 a fault that can be shown and cleared, and a record of unflushed writes. */
    public void prepare() {
        drive("vm1").faults().set(Fault.of("slow", Map.of("on", "flush", "latency", "1ms")));
        drive("vm1").faults().recordUnflushed(true);
    }

    @Override
    public void close() {
        engine.close();
        clock.close();
    }
}
