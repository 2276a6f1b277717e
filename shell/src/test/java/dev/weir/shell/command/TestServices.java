package dev.weir.shell.command;

import dev.weir.block.BlockBackend;
import dev.weir.block.BlockBackendFactory;
import dev.weir.block.BlockOption;
import dev.weir.block.filter.BlockFilter;
import dev.weir.block.filter.BlockFilterFactory;
import dev.weir.block.filter.FilterContext;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.control.GroupSnapshot;
import dev.weir.drive.export.DriveExport;
import dev.weir.drive.export.ExportBounds;
import dev.weir.drive.settings.ConfigurationSource;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleDebt;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicy;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates {@link Services} with fake drives and configurations. */
public final class TestServices {
    private TestServices() {}

    /**
     * Returns services with these drives (in the order of the configuration), two policy types, two backend types
     * and a filter type.
     */
    public static Services of(DriveControl... drives) {
        Services services = new Services();
        List.of(drives).forEach(services::addDrive);
        configuration(services, List.of(drives).stream().map(DriveControl::name).toList(), List.of());
        services.groups = groups();
        services.policies = List.of(new Policy("slice"), new Policy("bucket"));
        services.backends = List.of(
                new Backend("memory", List.of(option("size", BlockOption.Kind.BYTES, true))),
                new Backend(
                        "file",
                        List.of(
                                option("path", BlockOption.Kind.PATH, true),
                                option("create", BlockOption.Kind.FLAG, false))));
        services.filters = List.of(new Filter());
        services.exports = List.of(Map.entry(Map.of(DriveExport.FAULTS, new String[0]), new Export()));
        return services;
    }

    /** Returns two groups. One of them waits for its policy. */
    public static List<GroupControl> groups() {
        return List.of(
                new Group(new GroupSnapshot(
                        new GroupSettings("tenant-b", "own", ThrottleLimits.NONE),
                        "policy own is missing",
                        "own",
                        ThrottleLimits.NONE,
                        null,
                        Share.DEFAULT,
                        ThrottleDebt.NONE,
                        0,
                        0,
                        0,
                        0,
                        null)),
                new Group(new GroupSnapshot(
                        new GroupSettings("tenant-a", "bucket", ThrottleLimits.of(Map.of("iops", 2000L))),
                        "",
                        "bucket",
                        ThrottleLimits.of(Map.of("iops", 2000L)),
                        null,
                        Share.DEFAULT,
                        ThrottleDebt.of(key -> key == LimitKey.IOPS ? 1_500_000 : 0, key -> 0),
                        2,
                        5,
                        1_000,
                        4_096_000,
                        null)));
    }

    /** Sets the configured drives and the faults of the next reload. */
    public static void configuration(Services services, List<String> drives, List<String> faults) {
        services.configuration = Map.entry(
                Map.of(
                        ConfigurationSource.DRIVES, drives.toArray(String[]::new),
                        ConfigurationSource.FAULTS, faults.toArray(String[]::new),
                        ConfigurationSource.WARNINGS, new String[] {"weir.conf:3: drives.vm1.limits.bps = 1: slow"}),
                new Configuration(faults));
    }

    /** Makes the next reload apply these changes. */
    public static void reloads(Services services, List<String> changes) {
        ConfigurationSource source = new ConfigurationSource() {
            @Override
            public List<String> reload() {
                services.configuration = Map.entry(
                        Map.of(
                                ConfigurationSource.DRIVES,
                                new String[] {"vm1", "scratch"},
                                ConfigurationSource.CHANGES,
                                changes.toArray(String[]::new),
                                ConfigurationSource.REOPENED,
                                new String[] {"vm1"},
                                ConfigurationSource.CHANGED_MILLIS,
                                1999L,
                                ConfigurationSource.WARNINGS,
                                new String[] {"weir.conf:3: drives.vm1.limits.bps = 1: slow"}),
                        this);
                return List.of();
            }

            @Override
            public Map<String, String> origins(String pid) {
                return Map.of();
            }
        };
        services.configuration = Map.entry(Map.of(), source);
    }

    private record Group(AtomicReference<GroupSnapshot> state) implements GroupControl {
        Group(GroupSnapshot before) {
            this(new AtomicReference<>(before));
        }

        @Override
        public GroupSnapshot snapshot() {
            return Objects.requireNonNull(state.get());
        }

        @Override
        public String name() {
            return snapshot().name();
        }

        @Override
        public <T> T exclusively(Supplier<T> steps) {
            synchronized (state) {
                return steps.get();
            }
        }

        @Override
        public void limits(ThrottleLimits limits) {
            change(limits, snapshot().parent(), snapshot().share());
        }

        @Override
        public void change(ThrottleLimits limits, @Nullable String parent, Share share) {
            set(snapshot().policy(), limits, parent, share);
        }

        @Override
        public void policy(String newType) {
            GroupSnapshot now = snapshot();
            set(newType, now.limits(), now.parent(), now.share());
        }

        private void set(String policy, ThrottleLimits limits, @Nullable String parent, Share share) {
            GroupSnapshot before = snapshot();
            state.set(new GroupSnapshot(
                    before.settings(),
                    before.reason(),
                    policy,
                    limits,
                    parent,
                    share,
                    before.debt(),
                    before.waitingDrives(),
                    before.queued(),
                    before.requests(),
                    before.bytes(),
                    null));
        }

        @Override
        public void restore() {
            GroupSettings configured = snapshot().settings();
            set(configured.policy(), configured.limits(), configured.parent(), configured.share());
        }
    }

    private record Export() implements DriveExport {
        @Override
        public int clients(String drive) {
            return drive.equals("vm1") ? 2 : 0;
        }

        @Override
        public List<String> uris(String drive) {
            return List.of("nbd://127.0.0.1:10809/" + drive);
        }

        @Override
        public Map<String, String> faults(Map<String, ?> configuration) {
            return Map.of();
        }

        @Override
        public ExportBounds bounds() {
            return new ExportBounds(3, 4096, 1024, 64 << 20, 12 << 20, 256 << 20, 4096);
        }
    }

    private record Configuration(List<String> reload) implements ConfigurationSource {
        @Override
        public Map<String, String> origins(String pid) {
            return Map.of("limits.bps", "weir.conf:3", "limits.iops", "weir.conf:4");
        }
    }

    private static BlockOption option(String name, BlockOption.Kind kind, boolean required) {
        return new BlockOption(name, kind, required, "what it is");
    }

    private record Policy(String type) implements ThrottlePolicyFactory {
        @Override
        public ThrottlePolicy create(ThrottleLimits limits, ThrottleDebt owed, long now) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class Filter implements BlockFilterFactory {
        @Override
        public String type() {
            return "trace";
        }

        @Override
        public List<BlockOption> options() {
            return List.of(option("slower-than", BlockOption.Kind.DURATION, false));
        }

        @Override
        public BlockFilter open(FilterContext context, Map<String, Object> options) {
            throw new UnsupportedOperationException();
        }
    }

    private record Backend(String type, List<BlockOption> options) implements BlockBackendFactory {
        @Override
        public BlockBackend open(String drive, Map<String, Object> options, boolean readOnly) {
            throw new UnsupportedOperationException();
        }
    }
}
