package dev.weir.cluster.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.Lease;
import dev.weir.drive.settings.DriveSettings;
import dev.weir.engine.EmbeddedEngine;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jgroups.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts divide a limit and tell operators of it. */
class ClusterBrokerTest extends BrokerFixture {

    ClusterBrokerTest(@TempDir Path folder) {
        super(folder);
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
        List<String> addresses = addresses();
        Path file = Files.write(folder.resolve("members.txt"), addresses.subList(0, 2));
        Path missing = folder.resolve("none.txt");
        start(addresses, List.of(file, file, missing));
        await("leases of two", () -> groups.get(0).isLeased() && groups.get(1).isLeased());
        assertEquals(1, brokers.get(2).snapshot().members().size());
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
        brokers.get(2).limits("tenant", Map.of("iops", 600L));
        // at once on the host of the command
        assertEquals(iops(600), groups.get(2).limits());
        await("the new limits", () -> groups.stream()
                .allMatch(group -> group.limits().equals(iops(600))));
        groups.get(0).limits = iops(300);
        await(
                "the lower limits",
                () -> brokers.get(1).snapshot().groups().get(0).limits().equals(iops(300)));
        assertThrows(IllegalArgumentException.class, () -> brokers.get(0).limits("other", Map.of("iops", 1L)));
    }

    /** No host has seen the limits of another one when it changes them. */
    @Test
    void changesOfDifferentLimitsOnAllHostsTakeEffect() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Map<String, Long>> changes =
                List.of(Map.of("iops", 600L), Map.of("bps", 1L << 20), Map.of("bps_wr", 1L << 19));
        CyclicBarrier together = new CyclicBarrier(HOSTS);
        ExecutorService operators = Executors.newFixedThreadPool(HOSTS);
        try {
            List<Future<Object>> commands = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                int host = i;
                commands.add(operators.submit(() -> {
                    together.await();
                    brokers.get(host).limits("tenant", changes.get(host));
                    return "";
                }));
            }
            for (Future<Object> command : commands) {
                command.get();
            }
        } finally {
            operators.shutdown();
        }
        ThrottleLimits all = ThrottleLimits.of(Map.of("iops", 600L, "bps", 1L << 20, "bps_wr", 1L << 19));
        await("all changes", () -> groups.stream()
                .allMatch(group -> group.limits().equals(all)));
    }

    /** The port of failed hosts is plain, so it must not take the memory that a stranger asks for. */
    @Test
    void strangersGetNoMemoryOfThePlainPort() throws Exception {
        String address = start().get(0);
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
