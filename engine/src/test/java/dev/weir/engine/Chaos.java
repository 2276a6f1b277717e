package dev.weir.engine;

import dev.weir.block.BlockError;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import dev.weir.throttle.ThrottlePolicyFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model of the whole engine on the virtual clock under random steps. Clients come, wait and leave. Limits,
 * policies, groups and settings change. Backends fail and disappear. The model checks the laws after each step. The
 * same seed repeats the same steps.
 */
final class Chaos {
    private static final long SECOND = EngineFixture.SECOND;
    private static final int MOST_WAITING = 64;
    private static final int GROUPS = 3;

    final EngineFixture fixture;
    private final Random random;
    private final SomeSettings some;
    private final ModelledEngine model;
    private final BackendFault fault = new BackendFault();
    private final ScriptedBackends backends = Observed.backends(this::reached, fault::of);
    private final MoodyPolicies moody = new MoodyPolicies();
    private final Map<String, ThrottlePolicyFactory> policies;
    private final Map<Long, ChaosRequest> requests = new HashMap<>();
    private boolean backendsAreThere = true;

    private final boolean sharp;
    private boolean resubmitting;
    private boolean equalShares;
    private long serial;

    /**
     * Creates a model.
     *
     * @param sharp whether limits and policies change often and by far, and little else changes
     */
    Chaos(long seed, boolean sharp) {
        this.sharp = sharp;
        random = new Random(seed);
        some = new SomeSettings(random, sharp);
        fixture = new EngineFixture(seed);
        model = new ModelledEngine(fixture);
        policies = Map.of("bucket", fixture.bucket, "slice", fixture.slice, "moody", moody);
        policies.keySet().forEach(type -> model.policy(type, true));
        fixture.engine.addPolicies(moody, 0);
        fixture.engine.addBackends(backends, 0);
        for (int i = 0; i < 4; i++) {
            model.queues.add(new ModelledQueue("vm" + i));
            configure(model.queues.get(i));
        }
    }

    /** Returns the number of requests that reached a backend. */
    long released() {
        return model.released();
    }

    /** Takes one random step and checks everything. */
    void step() {
        ModelledQueue queue = model.queues.get(random.nextInt(model.queues.size()));
        int what = sharp ? sharpStep() : random.nextInt(100);
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

    /** Returns a step: a third each submits, passes time, and changes limits or policies. */
    private int sharpStep() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> 0;
            case 2, 3 -> 50;
            case 4 -> 80;
            default -> new int[] {80, 80, 85, 91}[random.nextInt(4)];
        };
    }

    private void change(ModelledQueue queue, int what) {
        switch (what) {
            case 80, 81, 82, 83 -> changeLimits(queue, some.limits(random.nextBoolean()));
            case 84 -> changeLimits(queue, ThrottleLimits.NONE);
            case 85, 86 -> changePolicy(queue, some.policy());
            case 87 -> restore(queue);
            case 88, 89 -> configure(queue);
            case 90 -> model.queues.forEach(this::configure);
            case 91, 92 -> configureGroup("g" + random.nextInt(GROUPS));
            case 93 -> removeGroup("g" + random.nextInt(GROUPS));
            case 94, 95 -> togglePolicy();
            case 96 -> moody.throwing = !moody.throwing;
            case 97 -> fault.change(random);
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
            submit(queue, drive, "client" + random.nextInt(3), some.operation(), some.length());
        }
        if (random.nextInt(8) == 0) {
            ChaosRequest flush = submit(queue, drive, "client0", Operation.FLUSH, 0);
            model.expect(flush.completed, () -> "a flush waits");
        }
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
        model.expect(!request.completed, () -> request.offset() + " was completed twice");
        boolean toldOf = request.reached || request.operation() == Operation.FLUSH;
        model.expect(error != null || toldOf, () -> request.offset() + " succeeded without reaching the backend");
        request.completed = true;
        request.queue.waiting.remove(request.offset());
        requests.remove(request.offset());
        int next = random.nextInt(16);
        Drive drive = fixture.driveIfAny(request.queue.name);
        if (next == 0 && !resubmitting && drive != null) {
            resubmitting = true;
            submit(request.queue, drive, request.client(), some.operation(), some.length());
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

    /**
     * Changes limits as an operator does. A change that the drive's policy cannot enforce is rejected and changes
     * nothing.
     */
    private void changeLimits(ModelledQueue queue, ThrottleLimits limits) {
        if (queue.configured && model.accepts(queue.policy, limits)) {
            queue.own.limits(limits, model.now());
            fixture.control(queue.name).limits(limits);
        } else if (queue.configured) {
            refused(() -> fixture.control(queue.name).limits(limits));
        }
    }

    private void changePolicy(ModelledQueue queue, String policy) {
        if (queue.configured && model.accepts(policy, queue.own.limits())) {
            queue.policy = policy;
            fixture.control(queue.name).policy(policy);
        } else if (queue.configured) {
            refused(() -> fixture.control(queue.name).policy(policy));
        }
    }

    private void restore(ModelledQueue queue) {
        if (queue.configured) {
            queue.restored(model.now());
            fixture.control(queue.name).restore();
        }
    }

    private void refused(Runnable change) {
        try {
            change.run();
        } catch (IllegalArgumentException e) {
            return;
        }
        model.expect(false, () -> "bursts of slices are not refused");
    }

    private void configure(ModelledQueue queue) {
        String policy = some.policy();
        String group = random.nextBoolean() ? null : "g" + random.nextInt(GROUPS);
        configure(queue, policy, group, some.limits(!policy.equals("slice")), random.nextInt(8) == 0);
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
        queue.configured(settings, model::accepts, model.now());
        fixture.engine.configure(settings);
    }

    private void remove(ModelledQueue queue) {
        queue.configured = false;
        fixture.engine.removeDrive(queue.name);
        model.expect(queue.waiting.isEmpty(), () -> queue.name + " was removed and left requests without completion");
    }

    /** Configures a group in a random place, which may be below itself, with a random share. */
    private void configureGroup(String name) {
        String policy = some.policy();
        String parent = random.nextBoolean() ? null : "g" + random.nextInt(GROUPS);
        configureGroup(name, policy, parent, some.limits(!policy.equals("slice")), some.share());
    }

    void configureGroup(String name, String policy, ThrottleLimits limits) {
        configureGroup(name, policy, null, limits, Share.DEFAULT);
    }

    private void configureGroup(
            String name, String policy, @Nullable String parent, ThrottleLimits limits, Share share) {
        ModelledQueue group = model.groups.computeIfAbsent(name, ModelledQueue::new);
        group.policy = policy;
        group.group = parent;
        group.own.limits(limits, model.now());
        fixture.engine.configure(new GroupSettings(name, policy, limits, parent, share));
    }

    private void removeGroup(String name) {
        // drives leave the group one by one and its limits hold until the last has left
        fixture.engine.removeGroup(name);
        model.groups.remove(name);
    }

    private void togglePolicy() {
        String type = List.of("bucket", "slice", "moody").get(random.nextInt(3));
        ThrottlePolicyFactory factory = Objects.requireNonNull(policies.get(type));
        if (model.isThere(type)) {
            // drives may query it until all have dropped it
            fixture.engine.removePolicies(factory);
            model.policy(type, false);
        }
        if (random.nextInt(4) > 0) {
            model.policy(type, true);
            fixture.engine.addPolicies(factory, 0);
        }
    }

    private void toggleBackends() {
        if (backendsAreThere) {
            fixture.engine.removeBackends(backends);
            model.queues.forEach(
                    queue -> model.expect(queue.waiting.isEmpty(), () -> queue.name + " is closed with requests"));
        } else {
            fixture.engine.addBackends(backends, 0);
        }
        backendsAreThere = !backendsAreThere;
    }

    /** Repairs all faults without a release that the limits forbid. */
    void repair() {
        moody.throwing = false;
        fault.clear();
        fixture.clock.lateNanos(0);
        if (!backendsAreThere) {
            toggleBackends();
        }
        policies.forEach((type, factory) -> {
            if (!model.isThere(type)) {
                model.policy(type, true);
                fixture.engine.addPolicies(factory, 0);
            }
        });
        for (String group : List.of("g0", "g1", "g2")) {
            ModelledQueue known = model.groups.get(group);
            ThrottleLimits limits = known == null ? ThrottleLimits.NONE : known.own.limits();
            configureGroup(group, "bucket", limits);
        }
        for (ModelledQueue queue : model.queues) {
            ThrottleLimits limits = queue.own.limits();
            restore(queue);
            configure(queue, "bucket", queue.group, limits, false);
        }
        check();
    }

    private void check() {
        model.expect(!moody.askedAgain, () -> "a policy that had thrown was asked again");
        model.check();
    }

    private void reached(String drive, long size, long offset) {
        ChaosRequest request = requests.get(offset);
        if (request == null) {
            model.expect(false, () -> offset + " reached the backend of " + drive + " after it was completed");
            return;
        }
        model.reached(request, drive, size);
    }

    /** Advances from timer to timer until all queues are empty. */
    void drain() {
        while (model.queues.stream().anyMatch(queue -> !queue.waiting.isEmpty())) {
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
        List<ModelledQueue> members = model.queues.subList(0, 3);
        resubmitting = true;
        equalShares = true;
        for (ModelledQueue queue : model.queues) {
            restore(queue);
            configure(queue, policy, queue == model.queues.get(3) ? null : "g0", ThrottleLimits.NONE, false);
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
            model.expect(most - least <= 3, () -> "shares are not equal: " + least + " and " + most + " wait");
        }
        drain();
    }
}
