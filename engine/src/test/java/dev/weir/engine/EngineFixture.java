package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.GroupControl;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.engine.debt.Debts;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import dev.weir.throttle.bucket.BucketPolicyFactory;
import dev.weir.throttle.slice.SlicePolicyFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine on a manual clock with both policies and the test backend. */
public final class EngineFixture implements Publisher {
    public static final long SECOND = 1_000_000_000L;

    /** The size of each drive (bytes). */
    static final long SIZE = 1L << 40;

    public final ManualClock clock;
    final Engine engine;
    final RecordingScript script = new RecordingScript();
    final ScriptedBackends backends = new ScriptedBackends("test", SIZE, script).option("path");
    final ThrottlePolicyFactory bucket = new BucketPolicyFactory();
    final ThrottlePolicyFactory slice = new SlicePolicyFactory();
    private final Map<String, Object> services = new ConcurrentHashMap<>();
    private final Map<String, Map<String, ?>> properties = new ConcurrentHashMap<>();

    public EngineFixture(long seed) {
        this(seed, Runnable::run);
    }

    /**
     * Creates an engine.
     *
     * @param seed decides the origin of the clock
     * @param threads opens and closes backends
     */
    public EngineFixture(long seed, Executor threads) {
        this(ManualClock.seeded(seed), threads, Debts.NONE);
    }

    /**
     * Creates an engine.
     *
     * @param threads opens and closes backends
     * @param debts keeps debts over a restart
     */
    EngineFixture(ManualClock clock, Executor threads, Debts debts) {
        this.clock = clock;
        engine = new Engine(clock, this, threads, debts);
        engine.addPolicies(bucket, 0);
        engine.addPolicies(slice, 0);
        engine.addBackends(backends, 0);
    }

    public void configure(String name, String policy, @Nullable String group, Map<String, Long> limits) {
        engine.configure(DriveSettings.builder(name, "test")
                .policy(policy)
                .group(group)
                .limits(ThrottleLimits.of(limits))
                .build());
    }

    void configure(String name, String policy, @Nullable String group, Map<String, Long> limits, Share share) {
        engine.configure(DriveSettings.builder(name, "test")
                .policy(policy)
                .group(group)
                .limits(ThrottleLimits.of(limits))
                .share(share)
                .build());
    }

    void configureGroup(String name, String policy, @Nullable String parent, Map<String, Long> limits, Share share) {
        engine.configure(new GroupSettings(name, policy, ThrottleLimits.of(limits), parent, share));
    }

    void configureGroup(String name, String policy, Map<String, Long> limits) {
        engine.configure(new GroupSettings(name, policy, ThrottleLimits.of(limits)));
    }

    Drive drive(String name) {
        return Objects.requireNonNull(driveIfAny(name), () -> "no drive " + name);
    }

    @Nullable
    Drive driveIfAny(String name) {
        return (Drive) services.get("Drive " + name);
    }

    public DriveControl control(String name) {
        return (DriveControl) Objects.requireNonNull(services.get("DriveControl " + name), () -> "no control " + name);
    }

    /** Returns the clients that may see a drive, from its service properties. */
    List<String> clients(String drive) {
        Object clients =
                Objects.requireNonNull(properties.get("Drive " + drive)).get(Drive.CLIENTS);
        return clients == null ? List.of() : List.of((String[]) clients);
    }

    /** Returns a property of a published service, or null. */
    @Nullable
    Object property(String service, String name) {
        return Objects.requireNonNull(properties.get(service)).get(name);
    }

    GroupControl group(String name) {
        return (GroupControl) Objects.requireNonNull(services.get("GroupControl " + name), () -> "no group " + name);
    }

    public TestRequest submit(String drive, Operation operation, long offset, long length) {
        return submit(drive, drive, operation, offset, length, request -> {});
    }

    public TestRequest submit(
            String drive, Object client, Operation operation, long offset, long length, Consumer<TestRequest> then) {
        TestRequest request =
                new TestRequest(client, operation, offset, length, done -> check(() -> then.accept(done)));
        request.submitTo(drive(drive));
        return request;
    }

    /**
     * Runs the checks of a completion. The engine catches exceptions of a client, so the clock throws a failure again.
     */
    private void check(Runnable checks) {
        try {
            checks.run();
        } catch (AssertionError e) {
            clock.timer(() -> {
                        throw e;
                    })
                    .arm(clock.nanoTime());
        }
    }

    @Override
    public <S> Publication publish(Class<S> type, S service, Map<String, ?> offered) {
        Object name = offered.containsKey(Drive.NAME) ? offered.get(Drive.NAME) : offered.get(GroupSettings.NAME);
        String key = type.getSimpleName() + " " + name;
        properties.put(key, offered);
        if (service instanceof Drive drive) {
            assertNotSaidToServe(drive.name());
        }
        services.put(key, service);
        return new Publication() {
            @Override
            public void update(Map<String, ?> newProperties) {
                properties.put(key, newProperties);
            }

            @Override
            public void withdraw() {
                services.remove(key, service);
                if (service instanceof Drive drive) {
                    assertNotSaidToServe(drive.name());
                }
            }
        };
    }

    /** Checks that a drive is not said to serve while it is not offered to clients. */
    private void assertNotSaidToServe(String drive) {
        if (services.get("DriveControl " + drive) instanceof DriveControl control) {
            assertNotEquals(DriveSnapshot.State.SERVING, control.snapshot().state());
        }
    }
}
