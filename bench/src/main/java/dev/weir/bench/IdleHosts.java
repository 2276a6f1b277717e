package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.server.Server;
import dev.weir.testkit.host.Ports;
import dev.weir.testkit.tls.TestKeyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The hosts of a cluster on loopback and a Weir with the same drive and group but no cluster. No client is connected.
 */
final class IdleHosts implements AutoCloseable {
    private static final String DRIVE =
            """
            groups.tenant { %s limits { iops = 3000 } }
            drives.vm1 { backend { type = memory, size = 64M }, group = tenant }
            """;

    private final List<Server> servers = new ArrayList<>();

    /** Starts the Weir without a cluster and then {@code count} hosts. */
    IdleHosts(Run run, int count) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(run.folder(), "idle");
        Path secret = TestKeyStore.in(folder, "cluster.p12");
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            addresses.add("\"127.0.0.1:" + Ports.free() + "\"");
        }
        try {
            start(run, folder, "lone", DRIVE.formatted(""));
            for (int i = 1; i <= count; i++) {
                String cluster = "cluster { host = h%d, listen = %s, members = %s, secret = \"%s\" }\n"
                        .formatted(i, addresses.get(i - 1), addresses, secret);
                start(run, folder, "h" + i, cluster + DRIVE.formatted("scope = cluster,"));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void start(Run run, Path folder, String name, String configuration)
            throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve(name + ".conf"), "weir {\n" + configuration + "}\n");
        servers.add(Server.weir(run, name, "", "--config", file.toString()));
    }

    /** Returns the processor time of each Weir so far (s). The first one has no cluster. */
    List<Double> cpuSeconds() throws IOException {
        List<Double> seconds = new ArrayList<>();
        for (Server server : servers) {
            seconds.add(server.cpuSeconds());
        }
        return seconds;
    }

    /** Returns the memory in use of each Weir (MiB). The first one has no cluster. */
    List<Double> mebibytes() throws IOException {
        List<Double> mebibytes = new ArrayList<>();
        for (Server server : servers) {
            mebibytes.add(server.memoryBytes() / (double) (1 << 20));
        }
        return mebibytes;
    }

    @Override
    public void close() {
        servers.forEach(Server::close);
    }
}
