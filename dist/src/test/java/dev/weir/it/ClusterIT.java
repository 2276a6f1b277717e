package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weir.testkit.host.HostNetwork;
import dev.weir.testkit.tls.TestKeyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three hosts share a limit under load, each in its own network namespace. The shares that they hold are exact on any
 * machine; the rate of a client has only an upper bound on a busy one.
 */
@Tag("alone")
class ClusterIT {
    private static final int HOSTS = 3;
    private static final long LIMIT = 3_000;
    private static final long SECONDS = 120;

    private static final String GROUP =
            """
            groups.tenant { scope = cluster, limits { iops = %d } }
            drives.vm1 { backend { type = memory, size = 64M }, group = tenant }
            """
                    .formatted(LIMIT);

    /** A tenth of a second and one request for each host, and the time between two looks. */
    private static final long ALLOWANCE = LIMIT / 10 * HOSTS + HOSTS;

    private final Path folder;
    private final List<Weir> weirs = new ArrayList<>();
    private final List<FioLoad> loads = new ArrayList<>();
    private final HostNetwork network = network();

    ClusterIT(@TempDir Path folder) throws IOException {
        this.folder = folder;
    }

    /** Makes the network. Skips the test if this machine or user cannot have one. */
    private static HostNetwork network() throws IOException {
        Client.need("ip");
        try {
            new HostNetwork(0).close();
        } catch (IOException e) {
            abort("needs network namespaces: " + e.getMessage());
        }
        return new HostNetwork(HOSTS);
    }

    @AfterEach
    void stop() throws IOException {
        try {
            loads.forEach(FioLoad::close);
            weirs.forEach(Weir::close);
        } finally {
            network.close();
        }
    }

    private void start() throws IOException {
        start(listed(), "", GROUP);
        awaitLeases();
    }

    private static String listed() {
        return "members = [" + members() + "]";
    }

    private void awaitLeases() {
        await("leases", () -> all().allMatch(this::isLeased));
    }

    /**
     * Starts the hosts.
     *
     * @param members the settings with the members
     * @param options options of the JVM
     * @param groups the group and its drive
     */
    private void start(String members, String options, String groups) throws IOException {
        Path secret = TestKeyStore.in(folder, "cluster.p12");
        for (int i = 1; i <= HOSTS; i++) {
            Path file = folder.resolve("h" + i + ".conf");
            Files.writeString(
                    file,
                    """
                    weir {
                      cluster { host = h%d, listen = "%s:7800", %s, secret = "%s" }
                      %s
                    }
                    """
                            .formatted(i, HostNetwork.address(i), members, secret, groups));
            weirs.add(Weir.launchOn(network, i, options, folder.resolve("h" + i), "--config", file.toString()));
        }
        weirs.forEach(Weir::awaitReady);
    }

    private static String members() {
        return String.join(
                ", ",
                IntStream.rangeClosed(1, HOSTS)
                        .mapToObj(i -> "\"" + HostNetwork.address(i) + ":7800\"")
                        .toList());
    }

    private static IntStream all() {
        return IntStream.rangeClosed(1, HOSTS);
    }

    private Config cluster(int host) {
        return ConfigFactory.parseString(
                weirs.get(host - 1).ask("cluster --json").ok().out());
    }

    private Config group(int host) {
        return cluster(host).getConfigList("groups").get(0);
    }

    private long share(int host) {
        return group(host).getLong("share.iops");
    }

    /** Returns the sum of the shares. A share that moves between the looks at two hosts counts once. */
    private long sumOfShares() {
        long first = share(1);
        long second = share(2);
        long third = share(3);
        return Math.min(first, share(1)) + Math.min(second, share(2)) + third;
    }

    private boolean isLeased(int host) {
        return group(host).getString("state").equals("leased");
    }

    private static void await(String what, BooleanSupplier condition) {
        await(what, () -> "", condition);
    }

    private static void await(String what, Supplier<String> details, BooleanSupplier condition) {
        long end = System.currentTimeMillis() + SECONDS * 1000;
        while (!condition.getAsBoolean()) {
            assertTrue(System.currentTimeMillis() < end, () -> what + " did not happen: " + details.get());
            Weir.pause(50);
        }
    }

    private void load(int host) throws IOException {
        loads.add(FioLoad.start(
                folder.resolve("load" + host),
                "[vm1]\nuri=" + weirs.get(host - 1).uri("vm1") + "\nrw=randread\nbs=4k\niodepth=32\n"));
    }

    private long released() {
        return weirs.stream()
                .mapToLong(weir -> ConfigFactory.parseString(
                                weir.ask("drive vm1 --json").ok().out())
                        .getLong("counters.reads"))
                .sum();
    }

    private String shares() {
        return all().mapToObj(host -> group(host).root().render()).toList().toString();
    }

    private boolean isAThird(int host) {
        return Math.abs(share(host) - LIMIT / HOSTS) <= LIMIT / HOSTS / 20;
    }

    @Test
    void hostsAddedToTheMemberFileJoin() throws Exception {
        Path file = Files.writeString(folder.resolve("members.txt"), "");
        start("members-file = \"" + file + "\", hosts = " + HOSTS, "", GROUP);
        assertTrue(all().allMatch(host -> cluster(host).getList("members").size() == 1));
        Files.writeString(
                file,
                all().mapToObj(host -> HostNetwork.address(host) + ":7800\n").collect(Collectors.joining()));
        awaitLeases();
    }

    @Test
    void hostsFindEachOtherByDns() throws Exception {
        Path names = Files.writeString(
                folder.resolve("names"),
                all().mapToObj(host -> HostNetwork.address(host) + " weir.test\n")
                        .collect(Collectors.joining()));
        start("members-dns = \"weir.test:7800\", hosts = " + HOSTS, "-Djdk.net.hosts.file=" + names, GROUP);
        awaitLeases();
    }

    private void startWithSavedGroup(String profiles) throws IOException {
        start(listed(), "", profiles);
        for (Weir weir : weirs) {
            weir.ask("group add tenant scope=cluster profile=gold --save").ok();
        }
        awaitLeases();
    }

    private List<String> savedGroups() throws IOException {
        List<String> saved = new ArrayList<>();
        for (int host = 1; host <= HOSTS; host++) {
            saved.add(Files.readString(folder.resolve("h" + host + "/weir.d/group-tenant.conf")));
        }
        return saved;
    }

    @Test
    void limitsAreSavedOnAllHosts() throws Exception {
        startWithSavedGroup("profiles.gold { limits { iops = 3000, bps = 1GiB } }");
        weirs.get(1)
                .ask("group set tenant iops=600 iops_size=8k bps=0 --cluster")
                .ok();
        await("the new limits", () -> all().allMatch(this::hasNewLimits));
        for (String saved : savedGroups()) {
            assertTrue(saved.contains("600") && saved.contains("8192"), saved);
        }
        weirs.forEach(weir -> weir.ask("reload --restore").ok());
        all().forEach(host -> assertTrue(hasNewLimits(host), () -> group(host).toString()));
    }

    private boolean hasNewLimits(int host) {
        Config limits = group(host).getConfig("limits");
        return limits.root().unwrapped().equals(Map.of("iops", 600, "iops_size", 8_192));
    }

    @Test
    void checkOfAChangeAsksAllHostsAndChangesNothing() throws Exception {
        startWithSavedGroup("profiles.gold { limits { iops = 3000 } }");
        List<String> before = savedGroups();
        String change = "group set tenant iops=600 --cluster --dry-run";
        Config checked = weirs.get(1).ask(change + " --json").ok().object();
        assertEquals(
                List.of("h1", "h2", "h3"),
                checked.getStringList("hosts").stream().sorted().toList());
        assertEquals(600, checked.getLong("limits.iops"));
        weirs.get(2).ask("group remove tenant").ok();
        Client.Result refused = weirs.get(0).ask(change);
        assertEquals(1, refused.status());
        assertTrue(refused.err().contains("h3: groups.tenant: no such group"), refused::err);
        assertTrue(IntStream.of(1, 2).allMatch(host -> group(host).getLong("limits.iops") == LIMIT));
        assertEquals(before.subList(0, 2), savedGroups().subList(0, 2));
    }

    @Test
    void limitsOfTheOperatorsFileAreNotSaved() throws Exception {
        start();
        Client.Result refused = weirs.get(0).ask("group set tenant iops=600 --cluster");
        assertEquals(1, refused.status());
        all().forEach(host -> assertTrue(
                refused.err().matches("(?s).*h" + host + ": \\S*h" + host + "\\.conf:\\d+: groups.tenant: .*"),
                refused::err));
        all().forEach(host -> assertEquals(LIMIT, group(host).getLong("limits.iops")));
    }

    @Test
    void hostsUseAllOfTheLimitAndNoMore() throws Exception {
        start();
        load(2);
        await("the whole limit for the only busy host", this::shares, () -> share(2) >= 0.95 * LIMIT);
        load(1);
        load(3);
        await("a third for each", this::shares, () -> all().allMatch(this::isAThird));
        long before = released();
        long begin = System.currentTimeMillis();
        Weir.pause(5_000);
        long after = released();
        double seconds = (System.currentTimeMillis() - begin) / 1000.0;
        assertTrue(
                after - before <= LIMIT * (seconds + 0.5) + ALLOWANCE, () -> after - before + " in " + seconds + " s");
        assertTrue(after - before > 100, () -> after - before + " in " + seconds + " s");
    }

    @Test
    void hostsGoOnWithoutTheirCoordinator() throws Exception {
        start();
        for (int host = 1; host <= HOSTS; host++) {
            load(host);
        }
        await("a third for each", this::shares, () -> all().allMatch(this::isAThird));
        int coordinator = Integer.parseInt(cluster(1).getString("coordinator").substring(1));
        int[] others = all().filter(host -> host != coordinator).toArray();
        weirs.get(coordinator - 1).kill();
        CompletableFuture<Client.Result> command =
                CompletableFuture.supplyAsync(() -> weirs.get(others[0] - 1).ask("cluster tenant iops=2400"));
        await("another coordinator", () -> IntStream.of(others).allMatch(host -> {
            assertTrue(share(host) > 0, () -> group(host).toString());
            assertTrue(share(others[0]) + share(others[1]) <= LIMIT);
            return cluster(host).getBoolean("majority")
                    && !cluster(host).getString("coordinator").equals("h" + coordinator);
        }));
        // the safe share of the dead host stays aside
        await("leases", () -> IntStream.of(others).allMatch(this::isLeased));
        assertTrue(share(others[0]) + share(others[1]) <= LIMIT - LIMIT / HOSTS + 2);
        command.join().ok();
        await("the changed limit", () -> share(others[0]) + share(others[1]) <= 2_400 - 2_400 / HOSTS + 2);
    }

    @Test
    void splitNetworkKeepsTheLimit() throws Exception {
        start();
        load(1);
        load(3);
        await("a half for each", this::shares, () -> share(1) > 0.45 * LIMIT && share(3) > 0.45 * LIMIT);
        network.connect(3, false);
        await("the safe share of the lonely host", this::shares, () -> {
            assertTrue(sumOfShares() <= 1.01 * LIMIT, this::shares);
            return group(3).getString("state").equals("safe") && share(1) > 0.6 * LIMIT;
        });
        assertEquals(LIMIT / HOSTS, share(3));
        network.connect(3, true);
        await("a half for each again", this::shares, () -> {
            assertTrue(sumOfShares() <= 1.01 * LIMIT, this::shares);
            return isLeased(3) && share(1) > 0.45 * LIMIT && share(3) > 0.45 * LIMIT;
        });
    }

    @Test
    void stoppedHostComesBackWithoutItsOldShare() throws Exception {
        start();
        load(1);
        load(2);
        await("a half for each", this::shares, () -> share(1) > 0.45 * LIMIT && share(2) > 0.45 * LIMIT);
        Client.run("kill", "-STOP", Long.toString(weirs.get(1).pid())).ok();
        await("more for the other", () -> share(1) > 0.6 * LIMIT);
        Client.run("kill", "-CONT", Long.toString(weirs.get(1).pid())).ok();
        assertTrue(sumOfShares() <= 1.01 * LIMIT, this::shares);
        await(
                "a half for each again",
                this::shares,
                () -> isLeased(2) && share(1) > 0.45 * LIMIT && share(2) > 0.45 * LIMIT);
    }
}
