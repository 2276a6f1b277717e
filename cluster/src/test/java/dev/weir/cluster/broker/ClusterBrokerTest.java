package dev.weir.cluster.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.Demand;
import dev.weir.cluster.Lease;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.SharedGroup;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.engine.clock.SystemClock;
import dev.weir.testkit.tls.TestKeyStore;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jgroups.Version;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts on loopback with real connections. Their groups are scripted. */
class ClusterBrokerTest {
    private static final int HOSTS = 3;
    private static final long PATIENCE_SECONDS = 30;
    private static final long LIMIT = 3_000;

    private final SystemClock clock = new SystemClock();
    private final List<ClusterBroker> brokers = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();

    private final Path folder;

    ClusterBrokerTest(@TempDir Path folder) {
        this.folder = folder;
        clock.start();
    }

    /** A group whose drives want all they can get, or nothing. */
    private final class Group implements SharedGroup {
        private final ClusterScope scope = new ClusterScope(1, HOSTS, HOSTS, OnPartition.SAFE_SHARE);
        private volatile ThrottleLimits limits = iops(LIMIT);
        private volatile Lease lease = Lease.endless(iops(1));
        private volatile boolean isHungry;
        private volatile Runnable onQueue = () -> {};

        @Override
        public String name() {
            return "tenant";
        }

        @Override
        public ThrottleLimits limits() {
            return limits;
        }

        @Override
        public ClusterScope scope() {
            return scope;
        }

        @Override
        public Demand demand() {
            return isHungry ? new Demand(0, 0, 0, 0, 9, Set.of(LimitKey.IOPS), 0, 0) : Demand.NONE;
        }

        @Override
        public void lease(Lease newLease) {
            lease = newLease;
        }

        @Override
        public void limits(ThrottleLimits newLimits) {
            limits = newLimits;
        }

        @Override
        public void onQueue(Runnable action) {
            onQueue = action;
        }

        void hungry(boolean nowHungry) {
            isHungry = nowHungry;
            onQueue.run();
        }

        /** Returns the share; 0 after the end of its lease. */
        long share() {
            Lease now = lease;
            boolean isOver = now.hasEnd() && clock.nanoTime() - now.endNanos() >= 0;
            return isOver ? 0 : now.limits().rate(LimitKey.IOPS);
        }

        boolean isLeased() {
            return lease.hasEnd();
        }
    }

    private static ThrottleLimits iops(long rate) {
        return ThrottleLimits.of(Map.of("iops", rate));
    }

    private void start(String... secrets) throws IOException {
        start(null, secrets);
    }

    /** Starts hosts that know each other, or only the addresses in a file. Returns their addresses. */
    private List<String> start(@Nullable Path memberFile, String... secrets) throws IOException {
        List<String> members = new ArrayList<>();
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            members.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        for (int i = 0; i < HOSTS; i++) {
            Map<String, Object> properties = new HashMap<>(Map.of(
                    "name",
                    "test",
                    "host",
                    "h" + i,
                    "listen",
                    members.get(i),
                    "members",
                    members.toArray(String[]::new),
                    "hosts",
                    HOSTS,
                    "weight",
                    1,
                    "total-weight",
                    HOSTS,
                    "on-partition",
                    "safe-share"));
            if (memberFile != null) {
                properties.remove("members");
                properties.put("members-file", memberFile.toString());
            }
            if (secrets.length > 0) {
                properties.put("secret", secret(secrets[i]).toString());
            }
            Group group = new Group();
            groups.add(group);
            ClusterBroker broker = new ClusterBroker(clock, properties);
            brokers.add(broker);
            broker.add(group);
        }
        return members;
    }

    private Path secret(String name) throws IOException {
        Path secret = folder.resolve(name);
        if (!Files.exists(secret)) {
            TestKeyStore.in(folder, name);
        }
        return secret;
    }

    @AfterEach
    void stop() {
        brokers.forEach(ClusterBroker::stop);
        clock.close();
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = clock.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(
                    clock.nanoTime() - end < 0,
                    () -> what + ": " + brokers.get(0).snapshot()
                            + groups.stream().map(Group::share).toList());
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private boolean areLeased() {
        return groups.stream().allMatch(Group::isLeased);
    }

    @Test
    void hostsShareALimitByTheirDemand() throws Exception {
        start("one.p12", "one.p12", "one.p12");
        await("leases", this::areLeased);
        groups.get(2).hungry(true);
        await("all for one", () -> groups.get(2).share() >= 0.95 * LIMIT);
        groups.forEach(group -> group.hungry(true));
        await("a third each", () -> groups.stream().allMatch(group -> Math.abs(group.share() - LIMIT / HOSTS) < 30));
        await("a majority and a round trip", () -> {
            ClusterSnapshot seen = brokers.get(1).snapshot();
            return seen.members().size() == HOSTS && seen.hasMajority() && seen.roundTripNanos() >= 0;
        });
        for (ClusterBroker broker : brokers) {
            await("all shares on each host", () -> {
                ClusterSnapshot.Shares seen = broker.snapshot().groups().get(0).shares();
                return seen != null
                        && seen.hosts().size() == HOSTS
                        && seen.leased().getOrDefault(LimitKey.IOPS, 0L) <= LIMIT
                        && seen.leased().getOrDefault(LimitKey.IOPS, 0L) > 0.98 * LIMIT;
            });
        }
        await("two thirds of a smaller cluster", () -> {
            if (brokers.size() == HOSTS) {
                brokers.remove(0).stop();
                groups.get(0).hungry(false);
            }
            return groups.get(1).share() > 0.32 * LIMIT
                    && groups.get(2).share() > 0.32 * LIMIT
                    && groups.get(1).isLeased()
                    && groups.get(2).isLeased()
                    && brokers.get(0).snapshot().members().size() == 2;
        });
        long sum = sumAtOneMoment(groups.get(1), groups.get(2));
        assertTrue(sum <= LIMIT, () -> "sum of the shares: " + sum);
    }

    private static long sumAtOneMoment(Group one, Group other) {
        Lease before;
        long sum;
        do {
            before = one.lease;
            sum = one.share() + other.share();
        } while (!before.equals(one.lease));
        return sum;
    }

    @Test
    void hostsFindEachOtherByAChangedFile() throws Exception {
        Path file = Files.writeString(folder.resolve("members.txt"), "# none yet\n");
        List<String> addresses = start(file);
        for (ClusterBroker broker : brokers) {
            await("no other host", () -> broker.snapshot().members().size() == 1);
        }
        assertFalse(areLeased());
        Files.write(file, addresses);
        await("leases", this::areLeased);
    }

    @Test
    void drivesOfAllHostsAreSeenOnEachHost() throws Exception {
        start();
        try (EmbeddedEngine engine = new EmbeddedEngine()) {
            for (int i = 0; i < HOSTS; i++) {
                engine.configure(DriveSettings.builder("vm" + i, "none")
                        .limits(iops(i + 1))
                        .build());
                brokers.get(i).addDrive(Objects.requireNonNull(engine.control("vm" + i)));
            }
            for (ClusterBroker broker : brokers) {
                await("all drives", () -> broker.drives().stream()
                        .flatMap(host -> host.drives().stream()
                                .map(drive -> host.host() + drive.name() + drive.state() + drive.limits()))
                        .sorted()
                        .toList()
                        .equals(List.of(
                                "h0vm0unavailable{IOPS=1}", "h1vm1unavailable{IOPS=2}", "h2vm2unavailable{IOPS=3}")));
            }
        }
    }

    @Test
    void limitsChangeOnAllHosts() throws Exception {
        start();
        await("leases", this::areLeased);
        brokers.get(2).limits("tenant", iops(600));
        await("the new limits", () -> groups.stream()
                .allMatch(group -> group.limits().equals(iops(600))));
        groups.get(0).limits = iops(300);
        await(
                "the lower limits",
                () -> brokers.get(1).snapshot().groups().get(0).limits().equals(iops(300)));
        assertThrows(IllegalArgumentException.class, () -> brokers.get(0).limits("other", iops(1)));
    }

    /** The definitions of a host whose file may have the group. */
    private static final class Saved implements Definitions {
        private final String refusal;
        private final List<String> changes = new CopyOnWriteArrayList<>();

        Saved(String refusal) {
            this.refusal = refusal;
        }

        @Override
        public List<Definition> list(Definition.Kind kind) {
            return List.of();
        }

        @Override
        public @Nullable Definition find(Definition.Kind kind, String name) {
            return null;
        }

        @Override
        public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
            if (!refusal.isEmpty()) {
                throw new RefusedChangeException(
                        RefusedChangeException.Reason.OPERATOR, List.of(DefinitionFault.of("", "", refusal)));
            }
            String iops = change.name() + " " + change.settings().get("limits.iops");
            changes.add(change.isDryRun() ? "check " + iops : iops);
            return new ChangeOutcome(null, List.of(), List.of());
        }

        @Override
        public ChangeOutcome restore() {
            return new ChangeOutcome(null, List.of(), List.of());
        }

        @Override
        public List<String> temporary() {
            return List.of();
        }
    }

    @Test
    void limitsAreSavedOnAllHosts() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Saved> saved = List.of(new Saved(""), new Saved(""), new Saved(""));
        for (int i = 0; i < HOSTS; i++) {
            brokers.get(i).addDefinitions(saved.get(i));
        }
        assertEquals(Set.of("h0", "h1", "h2"), Set.copyOf(brokers.get(1).save("tenant", iops(600))));
        saved.forEach(host -> assertEquals(List.of("check tenant 600", "tenant 600"), host.changes));
        await("the new limits", () -> groups.stream()
                .allMatch(group -> group.limits().equals(iops(600))));
    }

    @Test
    void limitsThatAHostCannotSaveAreRefused() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Saved> saved = List.of(new Saved(""), new Saved(""), new Saved("weir.conf:3: is defined here"));
        for (int i = 0; i < HOSTS; i++) {
            brokers.get(i).addDefinitions(saved.get(i));
        }
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> brokers.get(0).save("tenant", iops(600)));
        assertEquals("h2: weir.conf:3: is defined here", refused.getMessage());
        saved.forEach(host -> assertFalse(host.changes.contains("tenant 600")));
        groups.forEach(group -> assertEquals(iops(LIMIT), group.limits()));
        assertThrows(IllegalArgumentException.class, () -> brokers.get(0).save("other", iops(1)));
    }

    /** The port of failed hosts is plain, so it must not take the memory that a stranger asks for. */
    @Test
    void strangersGetNoMemoryOfThePlainPort() throws Exception {
        String address = start((Path) null).get(0);
        await("connected", () -> brokers.get(0).snapshot().members().size() == HOSTS);
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)) + 100;
        byte[] hello = new byte[] {'b', 'e', 'l', 'a', 0, 0, 0, 7, 4, 127, 0, 0, 1, 1, 1, 4, 0, 0, 0};
        ByteBuffer.wrap(hello).putShort(4, Version.version);
        try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port)) {
            stranger.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            stranger.getOutputStream().write(hello); // ends with a length of 64 MiB
            while (stranger.getInputStream().read() >= 0) {
                // what it says before it closes the connection
            }
        }
    }

    @Test
    void hostWithAnotherSecretStaysAlone() throws Exception {
        start("one.p12", "one.p12", "two.p12");
        await("leases of two", () -> groups.get(0).isLeased() && groups.get(1).isLeased());
        assertEquals(1, brokers.get(2).snapshot().members().size());
        assertEquals(LIMIT / HOSTS / 50, groups.get(2).share());
    }
}
