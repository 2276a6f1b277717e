package dev.weir.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.block.Direction;
import dev.weir.block.Operation;
import dev.weir.drive.Drive;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.drive.settings.GroupSettings;
import dev.weir.testkit.block.ScriptedBackends;
import dev.weir.throttle.Share;
import dev.weir.throttle.ThrottleLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The law of the tree of limits under change: random moves, changes of limits, swaps of policies, reloads, joins and
 * departures lose, repeat and reorder no request. Each release charges the drive and each group above it once. The
 * timer is never late.
 */
class TreeChangesTest {
    private static final int WORLDS = 60;
    private static final int STEPS = 400;
    private static final int GROUPS = 4;
    private static final int DRIVES = 5;
    private static final long TENTH = EngineFixture.SECOND / 10;

    /** A drive or group. */
    private static final class Node {
        final String name;
        final CountedPolicies buckets;
        final CountedPolicies slices;

        /** The group above a drive; null for none. Groups know their own. */
        @Nullable
        String group;

        boolean exists;
        boolean drains;

        /** The charges that its releases demand. */
        long due;

        /** Submitted requests without a completion. */
        final Map<Long, Request> waiting = new TreeMap<>();

        /** The number of the last release by direction. */
        final long[] last = {-1, -1};

        Node(String name, EngineFixture fixture) {
            this.name = name;
            buckets = new CountedPolicies(name + "-bucket", fixture.bucket);
            slices = new CountedPolicies(name + "-slice", fixture.slice);
        }

        long charges() {
            return buckets.charges + slices.charges;
        }
    }

    /** A request that counts its releases and completions. */
    private static final class Request extends BlockRequest {
        final Node drive;
        int releases;
        int completions;

        Request(Node drive, Object client, Operation operation, long serial, long length) {
            super(client);
            this.drive = drive;
            prepare(operation, serial, length);
        }

        @Override
        public ByteBuffer buffer() {
            return ByteBuffer.allocate(0);
        }

        @Override
        protected void completed(@Nullable BlockError error) {
            completions++;
            drive.waiting.remove(offset());
        }
    }

    /** An engine, its nodes and the first violation of the law. */
    private static final class World {
        private final EngineFixture fixture;
        private final Random random;

        private final List<Node> groups = new ArrayList<>();
        private final List<Node> drives = new ArrayList<>();
        private final List<Request> requests = new ArrayList<>();
        private final ScriptedBackends backends = Observed.backends((drive, size, offset) -> reached(offset));
        private final List<Object> clients = List.of(new Object(), new Object());
        private @Nullable String violation;
        private int releases;
        /** Reloads of drives with waiting requests. */
        private int reloads;

        World(long seed) {
            fixture = new EngineFixture(seed);
            random = new Random(seed);
            fixture.engine.addBackends(backends, 0);
            for (int i = 0; i < GROUPS; i++) {
                groups.add(new Node("g" + i, fixture));
            }
            for (int i = 0; i < DRIVES; i++) {
                drives.add(new Node("vm" + i, fixture));
            }
            all().forEach(this::register);
            reload();
        }

        private List<Node> all() {
            List<Node> all = new ArrayList<>(groups);
            all.addAll(drives);
            return all;
        }

        private void register(Node node) {
            fixture.engine.addPolicies(node.buckets, 0);
            fixture.engine.addPolicies(node.slices, 0);
        }

        private <T> T any(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private void expect(boolean truth, String otherwise) {
            if (!truth && violation == null) {
                violation = otherwise;
            }
        }

        private ThrottleLimits limits() {
            return switch (random.nextInt(5)) {
                case 0 -> ThrottleLimits.NONE;
                case 1 -> ThrottleLimits.of(Map.of("bps", 2_000L + random.nextInt(50_000)));
                case 2 -> ThrottleLimits.of(Map.of("iops_rd", 10L + random.nextInt(50)));
                default -> ThrottleLimits.of(Map.of("iops", 10L + random.nextInt(200)));
            };
        }

        /** A share with or without a minimum. The lowest limit covers the minima of all nodes. */
        private Share share() {
            return new Share(1 + random.nextInt(5), 0, random.nextInt(2));
        }

        private CountedPolicies policy(Node of) {
            return random.nextBoolean() ? of.buckets : of.slices;
        }

        private @Nullable String groupBelow(int most) {
            return most == 0 || random.nextInt(4) == 0 ? null : "g" + random.nextInt(most);
        }

        private void configure(Node drive) {
            String group = groupBelow(GROUPS);
            reloads += drive.waiting.isEmpty() ? 0 : 1;
            drive.exists = true;
            drive.group = group;
            fixture.engine.configure(DriveSettings.builder(drive.name, backends.type())
                    .policy(policy(drive).type())
                    .group(group)
                    .limits(limits())
                    .share(share())
                    .build());
        }

        /** Configures a group. Only groups with lower numbers may be above it, so that the tree has no cycle. */
        private void configureGroup(int number) {
            Node group = groups.get(number);
            group.exists = true;
            fixture.engine.configure(
                    new GroupSettings(group.name, policy(group).type(), limits(), groupBelow(number), share()));
        }

        private void reload() {
            for (int i = 0; i < GROUPS; i++) {
                configureGroup(i);
            }
            drives.forEach(this::configure);
        }

        void step() {
            Node drive = any(drives);
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> submit(drive);
                case 5, 6 -> fixture.clock.advance(random.nextInt((int) TENTH));
                case 7, 8 -> fixture.clock.advanceToNextTimer();
                case 9 -> cancel(drive);
                case 10, 11 -> configure(drive);
                case 12 -> changeLive(drive);
                case 13 -> configureGroup(random.nextInt(GROUPS));
                case 14 -> changeGroupLive(random.nextInt(GROUPS));
                case 15 -> removeGroup(any(groups));
                case 16 -> swap(any(all()));
                case 17 -> drain(drive);
                case 18 -> remove(drive);
                default -> reload();
            }
            check();
        }

        private void submit(Node drive) {
            Drive to = fixture.driveIfAny(drive.name);
            for (int i = random.nextInt(6); i > 0 && to != null; i--) {
                Operation operation = random.nextBoolean() ? Operation.READ : Operation.WRITE;
                long length = random.nextInt(4) == 0 ? 1 + random.nextInt(5_000) : 512;
                Request request = new Request(drive, any(clients), operation, requests.size(), length);
                requests.add(request);
                drive.waiting.put(request.offset(), request);
                to.submit(request);
            }
        }

        private void cancel(Node drive) {
            Drive to = fixture.driveIfAny(drive.name);
            if (to != null) {
                Object client = any(clients);
                to.cancel(client);
                expect(
                        drive.waiting.values().stream().noneMatch(request -> request.client() == client),
                        "a cancelled request of " + drive.name + " still waits");
            }
        }

        private void changeLive(Node drive) {
            if (drive.exists && random.nextBoolean()) {
                fixture.control(drive.name).limits(limits());
            } else if (drive.exists) {
                fixture.control(drive.name).policy(policy(drive).type());
            }
        }

        private void changeGroupLive(int number) {
            Node group = groups.get(number);
            String parent = groupBelow(number);
            boolean isThere = parent == null || groups.get(parent.charAt(1) - '0').exists;
            if (group.exists && isThere) {
                fixture.group(group.name).change(limits(), parent, share());
            }
        }

        private void removeGroup(Node group) {
            fixture.engine.removeGroup(group.name);
            group.exists = false;
        }

        /** Takes a policy away, under which its node holds, or brings it back. */
        private void swap(Node node) {
            CountedPolicies policy = policy(node);
            fixture.engine.removePolicies(policy);
            check();
            fixture.clock.advance(random.nextInt(2) * TENTH);
            fixture.engine.addPolicies(policy, 0);
        }

        private void drain(Node drive) {
            if (drive.exists) {
                drive.drains = true;
                boolean isIdle = fixture.control(drive.name).drain(1).join();
                drive.drains = false;
                expect(isIdle && drive.waiting.isEmpty(), drive.name + " was drained and is not idle");
            }
        }

        private void remove(Node drive) {
            fixture.engine.removeDrive(drive.name);
            drive.exists = false;
            expect(drive.waiting.isEmpty(), drive.name + " was removed and left requests without completion");
        }

        /** Called for each request that reaches the backend. */
        private void reached(long serial) {
            Request request = requests.get((int) serial);
            Node drive = request.drive;
            request.releases++;
            releases++;
            int direction = request.operation().direction() == Direction.READ ? 0 : 1;
            expect(serial > drive.last[direction], serial + " was overtaken in " + drive.name);
            drive.last[direction] = serial;
            if (drive.drains) {
                return;
            }
            expectCharge(drive, fixture.control(drive.name).snapshot().limits());
            String above = drive.group;
            while (above != null) {
                Node group = groups.get(above.charAt(1) - '0');
                expect(group.exists, serial + " was released although group " + above + " does not exist");
                if (!group.exists) {
                    return;
                }
                expectCharge(group, fixture.group(above).snapshot().limits());
                above = fixture.group(above).snapshot().parent();
            }
        }

        private static void expectCharge(Node node, ThrottleLimits limits) {
            node.due += limits.isEmpty() ? 0 : 1;
        }

        private void check() {
            for (Node node : all()) {
                expect(
                        node.charges() == node.due,
                        "%s was charged %d times for %d releases".formatted(node.name, node.charges(), node.due));
            }
            for (Node drive : drives) {
                if (drive.exists) {
                    int queued = fixture.control(drive.name).snapshot().queuedReads()
                            + fixture.control(drive.name).snapshot().queuedWrites();
                    expect(
                            queued == drive.waiting.size(),
                            "%s has %d in its queue of %d without completion"
                                    .formatted(drive.name, queued, drive.waiting.size()));
                }
            }
            groups.stream().filter(group -> group.exists).forEach(this::checkCounts);
            drives.stream().filter(drive -> drive.exists).forEach(this::checkTimer);
            if (violation != null) {
                throw new AssertionError(violation);
            }
        }

        /** Makes the engine look for due requests by a cancellation that concerns no request. */
        private void checkTimer(Node drive) {
            Drive to = fixture.driveIfAny(drive.name);
            if (to != null) {
                int before = releases;
                to.cancel(new Object());
                expect(releases == before, "a request of the tree of " + drive.name + " could go before");
            }
        }

        private void checkCounts(Node group) {
            List<Node> below =
                    drives.stream().filter(drive -> isBelow(drive, group)).toList();
            int queued = below.stream().mapToInt(drive -> drive.waiting.size()).sum();
            long waiting =
                    below.stream().filter(drive -> !drive.waiting.isEmpty()).count();
            expect(
                    fixture.group(group.name).snapshot().queued() == queued
                            && fixture.group(group.name).snapshot().waitingDrives() == waiting,
                    "%s shows other counts than %d requests of %d drives".formatted(group.name, queued, waiting));
        }

        private boolean isBelow(Node drive, Node group) {
            String above = drive.group;
            while (above != null && groups.get(above.charAt(1) - '0').exists) {
                if (above.equals(group.name)) {
                    return true;
                }
                above = fixture.group(above).snapshot().parent();
            }
            return false;
        }

        /** Lets all requests go by their timers. */
        void end() {
            reload();
            while (drives.stream().anyMatch(drive -> !drive.waiting.isEmpty())) {
                assertTrue(fixture.clock.advanceToNextTimer(), "a request waits and no timer is set");
                check();
            }
            for (Request request : requests) {
                assertEquals(1, request.completions, () -> "completions of " + request.offset());
                assertTrue(request.releases <= 1, () -> request.releases + " releases of " + request.offset());
            }
        }
    }

    @Test
    void changesLoseRepeatAndReorderNothing() {
        int reloads = 0;
        for (long seed = 0; seed < WORLDS; seed++) {
            World world = new World(seed);
            int step = 0;
            try {
                for (; step < STEPS; step++) {
                    world.step();
                }
                world.end();
                reloads += world.reloads;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after step " + step + " of seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertTrue(reloads > WORLDS * 10, reloads + " reloads of waiting drives are too few");
    }
}
