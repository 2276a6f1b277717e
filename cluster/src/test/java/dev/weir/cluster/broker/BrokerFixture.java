package dev.weir.cluster.broker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.engine.clock.SystemClock;
import dev.weir.testkit.tls.TestKeyStore;
import dev.weir.throttle.ThrottleLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** Three hosts on loopback with real connections. Their groups are scripted. */
abstract class BrokerFixture {
    static final int HOSTS = TenantGroup.HOSTS;
    static final long PATIENCE_SECONDS = 30;
    static final long LIMIT = TenantGroup.LIMIT;

    final SystemClock clock = new SystemClock();
    final List<ClusterBroker> brokers = new ArrayList<>();
    final List<Group> groups = new ArrayList<>();

    final Path folder;

    BrokerFixture(Path folder) {
        this.folder = folder;
        clock.start();
    }

    /** A group on the clock of the hosts. */
    final class Group extends TenantGroup {
        Group() {
            super(clock);
        }
    }

    static ThrottleLimits iops(long rate) {
        return ThrottleLimits.of(Map.of("iops", rate));
    }

    /** Starts hosts that know each other. Returns their addresses. */
    List<String> start(String... secrets) throws IOException {
        List<String> members = addresses();
        start(members, List.of(), secrets);
        return members;
    }

    /** Returns free addresses, one for each host. */
    static List<String> addresses() throws IOException {
        List<String> addresses = new ArrayList<>();
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < HOSTS; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            addresses.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return addresses;
    }

    /** Starts hosts that know each other, or each only the addresses in its file. */
    void start(List<String> members, List<Path> memberFiles, String... secrets) throws IOException {
        for (int i = 0; i < HOSTS; i++) {
            Map<String, Object> properties = properties(i, members);
            if (!memberFiles.isEmpty()) {
                properties.remove("members");
                properties.put("members-file", memberFiles.get(i).toString());
            }
            if (secrets.length > 0) {
                properties.put("secret", secret(secrets[i]).toString());
            }
            groups.add(new Group());
            brokers.add(started(i, properties));
        }
    }

    static Map<String, Object> properties(int host, List<String> members) {
        return new HashMap<>(Map.of(
                "name",
                "test",
                "host",
                "h" + host,
                "listen",
                members.get(host),
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
    }

    /** Starts a host, whose group exists. */
    ClusterBroker started(int host, Map<String, Object> properties) {
        ClusterBroker broker = new ClusterBroker(clock, properties);
        broker.add(groups.get(host));
        return broker;
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

    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = clock.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(
                    clock.nanoTime() - end < 0,
                    () -> what + ": " + brokers.get(0).snapshot()
                            + groups.stream().map(Group::share).toList());
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    boolean areLeased() {
        return groups.stream().allMatch(Group::isLeased);
    }
}
