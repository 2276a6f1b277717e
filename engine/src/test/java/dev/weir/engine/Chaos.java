package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.control.DriveSnapshot;
import dev.weir.drive.control.DriveSnapshot.State;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model of the whole engine on the virtual clock under random steps. Clients come, wait and leave. Limits,
 * policies, groups and settings change. Backends fail and disappear. The model checks the laws after each step. The
 * same seed repeats the same steps.
 */
final class Chaos {
    static final int LONGEST = 5_000;
    private static final long SECOND = EngineFixture.SECOND;
    private static final int MOST_WAITING = 64;
    private static final int GROUPS = 3;
    private static final Operation[] THROTTLED = {
        Operation.READ, Operation.WRITE, Operation.WRITE_ZEROES, Operation.TRIM, Operation.CACHE
    };
    private static final String[] KEYS = {"bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"};

    final EngineFixture fixture;
    final Random random;
    final List<ModelledQueue> queues = new ArrayList<>();
    final Map<String, ModelledQueue> groups = new HashMap<>();
    private final ObservedBackends backends = new ObservedBackends(this::reached);
    private final MoodyPolicies moody = new MoodyPolicies();
    private final Map<String, ThrottlePolicyFactory> policies;
    private final Map<String, Boolean> available = new HashMap<>();
    private final Map<Long, ChaosRequest> requests = new HashMap<>();
    private boolean backendsAreThere = true;
    private boolean resubmitting;
    private boolean equalShares;
    private long serial;

    private @Nullable String violation;

    /** The number of requests that reached a backend. */
    long released;

    Chaos(long seed) {
        random = new Random(seed);
        fixture = new EngineFixture(seed);
        policies = Map.of("bucket", fixture.bucket, "slice", fixture.slice, "moody", moody);
        policies.keySet().forEach(type -> available.put(type, true));
        fixture.engine.addPolicies(moody, 0);
        fixture.engine.addBackends(backends, 0);
        for (int i = 0; i < 4; i++) {
            queues.add(new ModelledQueue("vm" + i));
            configure(queues.get(i));
        }
    }

    /** Takes one random step and checks everything. */
    void step() {
        ModelledQueue queue = queues.get(random.nextInt(queues.size()));
        int what = random.nextInt(100);
        if (what < 45) {
            submit(queue);
        } else if (what < 75) {
            advance();
        } else if (what < 80) {
            cancel(queue);
        } else {
            change(queue, what);
        }
        check();
    }

    private void change(ModelledQueue queue, int what) {
        switch (what) {
            case 80, 81, 82, 83 -> changeLimits(queue, someLimits(random.nextBoolean()));
            case 84 -> changeLimits(queue, ThrottleLimits.NONE);
            case 85, 86 -> changePolicy(queue, somePolicy());
            case 87 -> restore(queue);
            case 88, 89 -> configure(queue);
            case 90 -> queues.forEach(this::configure);
            case 91, 92 -> configureGroup("g" + random.nextInt(GROUPS));
            case 93 -> removeGroup("g" + random.nextInt(GROUPS));
            case 94, 95 -> togglePolicy();
            case 96 -> moody.throwing = !moody.throwing;
            case 97 -> backends.fault = random.nextBoolean() ? ObservedBackends.NO_FAULT : random.nextInt(4);
            case 98 -> toggleBackends();
            default -> remove(queue);
        }
    }

    private void submit(ModelledQueue queue) {
        Drive drive = fixture.driveIfAny(queue.name);
        if (drive == null) {
            return;
        }
        for (int i = 1 + random.nextInt(4); i > 0 && queue.waiting.size() < MOST_WAITING; i--) {
            submit(
                    queue,
                    drive,
                    "client" + random.nextInt(3),
                    THROTTLED[random.nextInt(THROTTLED.length)],
                    someLength());
        }
        if (random.nextInt(8) == 0) {
            ChaosRequest flush = submit(queue, drive, "client0", Operation.FLUSH, 0);
            expect(flush.completed, () -> "a flush waits");
        }
    }

    private int someLength() {
        return random.nextInt(4) == 0 ? 1 + random.nextInt(LONGEST) : 512;
    }

    ChaosRequest submit(ModelledQueue queue, Drive drive, Object client, Operation operation, int length) {
        ChaosRequest request = new ChaosRequest(this, queue, client, operation, serial++, length);
        requests.put(request.offset(), request);
        queue.waiting.put(request.offset(), request);
        drive.submit(request);
        return request;
    }

    /** Called by a request at its completion. Some clients then submit another request and some throw. */
    void completed(ChaosRequest request, @Nullable BlockError error) {
        expect(!request.completed, () -> request.offset() + " was completed twice");
        boolean toldOf = request.reached || request.operation() == Operation.FLUSH;
        expect(error != null || toldOf, () -> request.offset() + " succeeded without reaching the backend");
        request.completed = true;
        request.queue.waiting.remove(request.offset());
        requests.remove(request.offset());
        int next = random.nextInt(16);
        Drive drive = fixture.driveIfAny(request.queue.name);
        if (next == 0 && !resubmitting && drive != null) {
            resubmitting = true;
            submit(request.queue, drive, request.client(), THROTTLED[random.nextInt(THROTTLED.length)], someLength());
            resubmitting = false;
        } else if (next == 1) {
            throw new IllegalStateException("a client that cannot take its completion");
        }
    }

    private void advance() {
        fixture.clock.lateNanos(random.nextInt(4) == 0 ? random.nextInt(3_000_000) : 0);
        int how = random.nextInt(64);
        if (how == 0) {
            // as after a garbage collection or a suspend: all timers are late and then due at once
            fixture.clock.lateNanos(5 * SECOND);
            fixture.clock.advance(6 * SECOND);
        } else if (how < 16) {
            fixture.clock.advanceToNextTimer();
        } else {
            fixture.clock.advance(random.nextInt(how < 20 ? 2_000_000_000 : 20_000_000));
        }
    }

    private void cancel(ModelledQueue queue) {
        Drive drive = fixture.driveIfAny(queue.name);
        if (drive != null) {
            Object client = "client" + random.nextInt(3);
            // drives compare clients by identity, so an equal string would not do
            client = queue.waiting.values().stream()
                    .map(ChaosRequest::client)
                    .filter(client::equals)
                    .findAny()
                    .orElse(client);
            drive.cancel(client);
        }
    }

    private ThrottleLimits someLimits(boolean bursts) {
        Map<String, Long> some = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String key = KEYS[random.nextInt(KEYS.length)];
            long rate = 1L + random.nextInt(1 << (4 + random.nextInt(16)));
            if (some.putIfAbsent(key, rate) != null) {
                continue;
            }
            if (bursts && random.nextInt(3) == 0) {
                some.put(key + "_max", rate * (1 + random.nextInt(10)));
                some.put(key + "_max_length", 1L + random.nextInt(5));
            }
            if (key.startsWith("iops") && random.nextInt(4) == 0) {
                some.put("iops_size", 512L << random.nextInt(3));
            }
        }
        return ThrottleLimits.of(some);
    }

    private String somePolicy() {
        return switch (random.nextInt(8)) {
            case 0 -> "nobodys";
            case 1 -> "moody";
            case 2, 3, 4 -> "slice";
            default -> "bucket";
        };
    }

    /**
     * Changes limits as an operator does. A change that the drive's policy cannot enforce is rejected and changes
     * nothing.
     */
    private void changeLimits(ModelledQueue queue, ThrottleLimits limits) {
        if (queue.configured && accepts(queue.policy, limits)) {
            queue.own.limits(limits, now());
            fixture.control(queue.name).limits(limits);
        } else if (queue.configured) {
            refused(() -> fixture.control(queue.name).limits(limits));
        }
    }

    private void changePolicy(ModelledQueue queue, String policy) {
        if (queue.configured && accepts(policy, queue.own.limits())) {
            queue.policy = policy;
            fixture.control(queue.name).policy(policy);
        } else if (queue.configured) {
            refused(() -> fixture.control(queue.name).policy(policy));
        }
    }

    private void restore(ModelledQueue queue) {
        if (queue.configured) {
            queue.restored(now());
            fixture.control(queue.name).restore();
        }
    }

    private boolean accepts(String policy, ThrottleLimits limits) {
        return !policy.equals("slice")
                || !available.getOrDefault(policy, false)
                || LimitKey.ALL.stream().allMatch(key -> limits.max(key) == 0);
    }

    private void refused(Runnable change) {
        try {
            change.run();
        } catch (IllegalArgumentException e) {
            return;
        }
        expect(false, () -> "bursts of slices are not refused");
    }

    private void configure(ModelledQueue queue) {
        String policy = somePolicy();
        String group = random.nextBoolean() ? null : "g" + random.nextInt(GROUPS);
        configure(queue, policy, group, someLimits(!policy.equals("slice")), random.nextInt(8) == 0);
    }

    void configure(
            ModelledQueue queue, String policy, @Nullable String group, ThrottleLimits limits, boolean otherBackend) {
        Map<String, Object> options = Map.of("image", otherBackend ? "image" + serial : "image");
        DriveSettings settings = DriveSettings.builder(queue.name, backends.type())
                .options(options)
                .policy(policy)
                .group(group)
                .limits(limits)
                // no minimum, because a live change of limits below it is refused
                .share(new Share(equalShares ? 1 : 1 + random.nextInt(9), 0, 0))
                .build();
        queue.configured(settings, this::accepts, now());
        fixture.engine.configure(settings);
    }

    private void remove(ModelledQueue queue) {
        queue.configured = false;
        fixture.engine.removeDrive(queue.name);
        expect(queue.waiting.isEmpty(), () -> queue.name + " was removed and left requests without completion");
    }

    /** Configures a group in a random place, which may be below itself, with a random share. */
    private void configureGroup(String name) {
        String policy = somePolicy();
        String parent = random.nextBoolean() ? null : "g" + random.nextInt(GROUPS);
        configureGroup(name, policy, parent, someLimits(!policy.equals("slice")), someShare());
    }

    private Share someShare() {
        return new Share(1 + random.nextInt(9), random.nextInt(2_000), random.nextInt(3));
    }

    void configureGroup(String name, String policy, ThrottleLimits limits) {
        configureGroup(name, policy, null, limits, Share.DEFAULT);
    }

    private void configureGroup(
            String name, String policy, @Nullable String parent, ThrottleLimits limits, Share share) {
        ModelledQueue group = groups.computeIfAbsent(name, ModelledQueue::new);
        group.policy = policy;
        group.group = parent;
        group.own.limits(limits, now());
        fixture.engine.configure(new GroupSettings(name, policy, limits, parent, share));
    }

    private void removeGroup(String name) {
        // drives leave the group one by one and its limits hold until the last has left
        fixture.engine.removeGroup(name);
        groups.remove(name);
    }

    private void togglePolicy() {
        String type = List.of("bucket", "slice", "moody").get(random.nextInt(3));
        ThrottlePolicyFactory factory = Objects.requireNonNull(policies.get(type));
        if (isThere(type)) {
            // drives may query it until all have dropped it
            fixture.engine.removePolicies(factory);
            available.put(type, false);
        }
        if (random.nextInt(4) > 0) {
            available.put(type, true);
            fixture.engine.addPolicies(factory, 0);
        }
    }

    private void toggleBackends() {
        if (backendsAreThere) {
            fixture.engine.removeBackends(backends);
            queues.forEach(queue -> expect(queue.waiting.isEmpty(), () -> queue.name + " is closed with requests"));
        } else {
            fixture.engine.addBackends(backends, 0);
        }
        backendsAreThere = !backendsAreThere;
    }

    /** Repairs all faults without a release that the limits forbid. */
    void repair() {
        moody.throwing = false;
        backends.fault = ObservedBackends.NO_FAULT;
        fixture.clock.lateNanos(0);
        if (!backendsAreThere) {
            toggleBackends();
        }
        policies.forEach((type, factory) -> {
            if (!isThere(type)) {
                available.put(type, true);
                fixture.engine.addPolicies(factory, 0);
            }
        });
        for (String group : List.of("g0", "g1", "g2")) {
            ModelledQueue known = groups.get(group);
            ThrottleLimits limits = known == null ? ThrottleLimits.NONE : known.own.limits();
            configureGroup(group, "bucket", limits);
        }
        for (ModelledQueue queue : queues) {
            ThrottleLimits limits = queue.own.limits();
            restore(queue);
            configure(queue, "bucket", queue.group, limits, false);
        }
        check();
    }

    private void reached(String drive, long size, long offset) {
        ChaosRequest request = requests.get(offset);
        if (request == null) {
            expect(false, () -> offset + " reached the backend of " + drive + " after it was completed");
            return;
        }
        ModelledQueue queue = request.queue;
        expect(!request.reached, () -> offset + " reached the backend twice");
        expect(drive.equals(queue.name) && queue.configured, () -> offset + " reached the backend of " + drive);
        Drive open = fixture.driveIfAny(drive);
        expect(open == null || open.size() == size, () -> offset + " reached another image of " + drive);
        request.reached = true;
        released++;
        Direction direction = request.operation().direction();
        if (direction != null) {
            expect(queue.isInOrder(direction, offset), () -> offset + " was overtaken in " + drive + " " + direction);
            charge(queue, request, direction);
            List<ModelledQueue> path = path(queue);
            expect(path != null, () -> offset + " was released although a group above " + drive + " is unusable");
            if (path != null) {
                path.forEach(group -> charge(group, request, direction));
            }
        }
    }

    /** Returns the groups above a drive, or null if one of them is missing or below itself. */
    private @Nullable List<ModelledQueue> path(ModelledQueue drive) {
        List<ModelledQueue> path = new ArrayList<>();
        String above = drive.group;
        while (above != null) {
            ModelledQueue group = groups.get(above);
            if (group == null || path.contains(group)) {
                return null;
            }
            path.add(group);
            above = group.group;
        }
        return path;
    }

    private void charge(ModelledQueue owner, ChaosRequest request, Direction direction) {
        if (!owner.hasLimits()) {
            return;
        }
        expect(
                isThere(owner.policy),
                () -> request.offset() + " was released although policy " + owner.policy + " is missing");
        long bytes = request.operation() == Operation.TRIM ? 0 : request.length();
        LimitKey broken = owner.own.release(direction, bytes, owner.policy.equals("slice"), now());
        expect(broken == null, () -> request.offset() + " was released too early for " + broken + " of " + owner.name);
    }

    private boolean isThere(String policy) {
        return available.getOrDefault(policy, false);
    }

    private long now() {
        return fixture.clock.nanoTime();
    }

    private void check() {
        expect(!moody.askedAgain, () -> "a policy that had thrown was asked again");
        for (ModelledQueue queue : queues) {
            if (queue.configured) {
                check(queue, fixture.control(queue.name).snapshot());
            }
        }
        if (violation != null) {
            throw new AssertionError(violation);
        }
    }

    private void check(ModelledQueue queue, DriveSnapshot snapshot) {
        int queued = snapshot.queuedReads() + snapshot.queuedWrites();
        expect(queued == queue.waiting.size(), () -> "%s has %d in its queue, of %d that are not completed"
                .formatted(queue.name, queued, queue.waiting.size()));
        expect(queued == 0 || snapshot.state() != State.UNAVAILABLE, () -> queue.name + " is closed with requests");
        if (queued > 0) {
            List<ModelledQueue> path = path(queue);
            boolean free = !queue.hasLimits() && path != null && path.stream().noneMatch(ModelledQueue::hasLimits);
            expect(!free, () -> queue.name + " has no limits and a queue");
            if (snapshot.state() == State.SERVING) {
                expect(someTimerIsSet(queue), () -> queue.name + " has a queue and no armed timer");
            } else {
                expect(mayHold(queue, path), () -> queue.name + " holds: " + snapshot.reason());
            }
        }
    }

    private boolean someTimerIsSet(ModelledQueue queue) {
        return queues.stream()
                .filter(other -> other.configured && (other == queue || isInTreeOf(queue, other)))
                .anyMatch(
                        other -> fixture.control(other.name).snapshot().timer().armed());
    }

    private boolean isInTreeOf(ModelledQueue queue, ModelledQueue other) {
        List<ModelledQueue> path = path(queue);
        List<ModelledQueue> otherPath = path(other);
        return path != null
                && otherPath != null
                && !path.isEmpty()
                && !otherPath.isEmpty()
                && path.get(path.size() - 1) == otherPath.get(otherPath.size() - 1);
    }

    private boolean mayHold(ModelledQueue queue, @Nullable List<ModelledQueue> path) {
        return path == null || mayFail(queue) || path.stream().anyMatch(this::mayFail);
    }

    /** Whether an owner's policy may be missing, broken or unable to enforce the limits at its return. */
    private boolean mayFail(ModelledQueue owner) {
        boolean bursts =
                LimitKey.ALL.stream().anyMatch(key -> owner.own.limits().max(key) > 0);
        boolean refuses = owner.policy.equals("slice") && bursts;
        return owner.hasLimits() && (!isThere(owner.policy) || owner.policy.equals("moody") || refuses);
    }

    void expect(boolean truth, Supplier<String> otherwise) {
        if (!truth && violation == null) {
            violation = otherwise.get();
        }
    }

    /** Advances from timer to timer until all queues are empty. */
    void drain() {
        while (queues.stream().anyMatch(queue -> !queue.waiting.isEmpty())) {
            if (!fixture.clock.advanceToNextTimer()) {
                throw new AssertionError("something waits and no timer is set");
            }
            check();
        }
    }

    /** Checks that three drives of a group with equal load stay within one request of each other. */
    void shareEqually() {
        String policy = random.nextBoolean() ? "bucket" : "slice";
        configureGroup("g0", policy, ThrottleLimits.of(Map.of("bps", 10_000L)));
        List<ModelledQueue> members = queues.subList(0, 3);
        resubmitting = true;
        equalShares = true;
        for (ModelledQueue queue : queues) {
            restore(queue);
            configure(queue, policy, queue == queues.get(3) ? null : "g0", ThrottleLimits.NONE, false);
        }
        Consumer<ModelledQueue> submit =
                queue -> submit(queue, fixture.drive(queue.name), "fair", Operation.READ, 1_000);
        for (int i = 0; i < 20; i++) {
            members.forEach(submit);
        }
        while (members.stream().mapToInt(queue -> queue.waiting.size()).sum() > 12) {
            fixture.clock.advanceToNextTimer();
            check();
            int most = members.stream()
                    .mapToInt(queue -> queue.waiting.size())
                    .max()
                    .orElse(0);
            int least = members.stream()
                    .mapToInt(queue -> queue.waiting.size())
                    .min()
                    .orElse(0);
            expect(most - least <= 3, () -> "shares are not equal: " + least + " and " + most + " wait");
        }
        drain();
    }
}
