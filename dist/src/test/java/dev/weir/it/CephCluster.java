package dev.weir.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.testkit.host.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A Ceph cluster of one monitor and one object store in memory, on the loopback address. The user {@code weir} may use
 * the pool {@code vms}.
 */
final class CephCluster implements AutoCloseable {
    static final String POOL = "vms";
    static final String USER = "weir";

    private static final String CONFIGURATION =
            """
            [global]
            fsid = %1$s
            mon host = [v2:127.0.0.1:%2$d/0]
            public network = 127.0.0.0/8
            cluster network = 127.0.0.0/8
            run dir = %3$s
            admin socket =
            pid file = %3$s/$name.pid
            log file = %3$s/$name.log
            keyring = %3$s/keyring
            mon data = %3$s/mon
            osd data = %3$s/osd
            osd objectstore = memstore
            memstore device bytes = 536870912
            osd pool default size = 1
            osd pool default min size = 1
            osd crush chooseleaf type = 0
            mon allow pool size one = true
            """;

    private final Path folder;
    private final List<Process> daemons = new ArrayList<>();

    private CephCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts a cluster with an image of a file's contents. Skips the test without the programs. */
    static CephCluster start(Path folder, String image, Path contents) throws IOException {
        Client.need("ceph-mon", "ceph-osd", "ceph", "rbd");
        CephCluster cluster = new CephCluster(Files.createDirectories(folder));
        try {
            cluster.begin();
            cluster.run("rbd", "import", contents.toString(), POOL + "/" + image);
            return cluster;
        } catch (IOException | RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void begin() throws IOException {
        String id = UUID.randomUUID().toString();
        int port = Ports.free();
        Files.writeString(configuration(), CONFIGURATION.formatted(id, port, folder));
        Path keys = folder.resolve("keyring");
        key(keys, "mon.", "--cap", "mon", "allow *");
        key(keys, "client.admin", "--cap", "mon", "allow *", "--cap", "osd", "allow *");
        Path map = folder.resolve("monmap");
        String address = "[v2:127.0.0.1:%d]".formatted(port);
        run("monmaptool", "--create", "--addv", "a", address, "--fsid", id, map.toString());
        run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map.toString(), "--keyring", keys.toString());
        serve("ceph-mon", "-i", "a", "-f");

        String store = UUID.randomUUID().toString();
        run("ceph", "osd", "new", store);
        Files.createDirectories(folder.resolve("osd"));
        String own = run("ceph", "auth", "get-or-create", "osd.0", "mon", "allow profile osd", "osd", "allow *");
        Files.writeString(keys, Files.readString(keys) + own);
        run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", store);
        serve("ceph-osd", "-i", "0", "-f");

        run("ceph", "osd", "pool", "create", POOL, "4");
        run("rbd", "pool", "init", POOL);
        String user = run(
                "ceph",
                "auth",
                "get-or-create",
                "client." + USER,
                "mon",
                "profile rbd",
                "osd",
                "profile rbd pool=" + POOL);
        Files.writeString(keys, Files.readString(keys) + user);
    }

    private void key(Path keys, String name, String... capabilities) {
        List<String> words = new ArrayList<>(List.of("ceph-authtool", keys.toString(), "--gen-key", "-n", name));
        if (!Files.exists(keys)) {
            words.add("--create-keyring");
        }
        words.addAll(List.of(capabilities));
        Client.run(words.toArray(String[]::new)).ok();
    }

    private String run(String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        if (!command[0].equals("monmaptool")) {
            words.add("--conf=" + configuration());
        }
        return Client.run(words.toArray(String[]::new)).ok().out();
    }

    private void serve(String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of(command));
        words.add("--conf=" + configuration());
        Process daemon = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(command[0] + ".out").toFile())
                .start();
        daemons.add(daemon);
        assertTrue(daemon.isAlive());
    }

    /** Returns the file {@code ceph.conf} of clients. */
    Path configuration() {
        return folder.resolve("ceph.conf");
    }

    @Override
    public void close() {
        for (Process daemon : daemons) {
            daemon.destroyForcibly().onExit().join();
        }
    }
}
