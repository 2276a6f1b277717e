package dev.weir.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.weir.bench.report.Run;
import dev.weir.clock.Clock;
import dev.weir.engine.clock.SystemClock;
import dev.weir.testkit.host.HostNetwork;
import dev.weir.testkit.host.Program;
import dev.weir.testkit.tls.TestKeyStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Weirs on separate hosts that share the limit of one group. Hosts are numbered from 1. */
final class ClusterHosts implements AutoCloseable {
    private static final Clock CLOCK = new SystemClock();
    private static final int PATIENCE_SECONDS = 60;

    /** A load on a host and the log of its requests. */
    private record Load(int host, Process fio, Path log) {}

    private final Run run;
    private final Path folder;
    private final HostNetwork network;
    private final List<@Nullable Process> weirs = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();

    /**
     * Starts hosts and waits for their leases.
     *
     * @param limit the limit of the group (requests/s)
     * @param weights the weights of the hosts
     */
    ClusterHosts(Run run, long limit, int... weights) throws IOException, InterruptedException {
        this.run = run;
        this.folder = Files.createTempDirectory(run.folder(), "cluster");
        this.network = new HostNetwork(weights.length);
        Path secret = TestKeyStore.in(folder, "cluster.p12");
        String members = hosts(weights.length, host -> "\"" + HostNetwork.address(host) + ":7800\"");
        String weighted = hosts(weights.length, host -> "h" + host + " = " + weights[host - 1]);
        for (int host = 1; host <= weights.length; host++) {
            Files.writeString(
                    file(host),
                    """
                    weir {
                      cluster { host = h%d, listen = "%s:7800", members = [%s], secret = "%s", weights { %s } }
                      groups.tenant { scope = cluster, limits { iops = %d } }
                      drives.vm1 { backend { type = memory, size = 64M }, group = tenant }
                    }
                    """
                            .formatted(host, HostNetwork.address(host), members, secret, weighted, limit));
            weirs.add(null);
            start(host);
        }
        for (int host = 1; host <= weights.length; host++) {
            awaitLease(host);
        }
    }

    private interface Text {
        String of(int host);
    }

    private static String hosts(int count, Text text) {
        return IntStream.rangeClosed(1, count).mapToObj(text::of).collect(Collectors.joining(", "));
    }

    private Path file(int host) {
        return folder.resolve("h" + host + ".conf");
    }

    private Path home(int host) {
        return folder.resolve("h" + host);
    }

    /** Starts a host. */
    void start(int host) throws IOException {
        List<String> command = List.of(
                run.weir().resolve("bin/weir").toString(),
                "--home",
                home(host).toString(),
                "--config",
                file(host).toString(),
                "--no-shell");
        weirs.set(
                host - 1,
                new ProcessBuilder(network.on(host, command))
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("h" + host + ".out").toFile())
                        .start());
    }

    /** Waits until a host has a lease. */
    void awaitLease(int host) throws IOException, InterruptedException {
        for (long end = CLOCK.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS); ; ) {
            try {
                if (group(host).get("state").getAsString().equals("leased")) {
                    return;
                }
            } catch (IOException e) {
                run.progress("h" + host + " does not answer yet");
            }
            if (CLOCK.nanoTime() - end > 0) {
                throw new IOException(
                        "h" + host + " has no lease: " + Files.readString(folder.resolve("h" + host + ".out")));
            }
            Thread.sleep(200);
        }
    }

    private JsonObject cluster(int host) throws IOException, InterruptedException {
        return JsonParser.parseString(Program.output(List.of(
                        run.weir().resolve("bin/weir").toString(),
                        "exec",
                        "--home",
                        home(host).toString(),
                        "cluster --json")))
                .getAsJsonObject();
    }

    private JsonObject group(int host) throws IOException, InterruptedException {
        return cluster(host).getAsJsonArray("groups").get(0).getAsJsonObject();
    }

    /** Returns the coordinator that a host follows. */
    int coordinator(int host) throws IOException, InterruptedException {
        return Integer.parseInt(cluster(host).get("coordinator").getAsString().substring(1));
    }

    /** Returns the network between the hosts. */
    HostNetwork network() {
        return network;
    }

    /** Ends a host at once, as by a power failure. */
    void kill(int host) {
        Process weir = weirs.get(host - 1);
        if (weir != null) {
            weir.descendants().forEach(ProcessHandle::destroyForcibly);
            weir.destroyForcibly().onExit().join();
        }
    }

    /** Starts a client on a host that always has 32 requests pending. */
    void load(int host) throws IOException {
        Path log = folder.resolve("load-" + host + "-" + loads.size());
        Process fio = new ProcessBuilder(
                        "fio",
                        "--name=vm1",
                        "--ioengine=nbd",
                        "--uri=nbd+unix:///vm1?socket=" + home(host).resolve("run/nbd.sock"),
                        "--rw=randread",
                        "--bs=4k",
                        "--size=64m",
                        "--iodepth=32",
                        "--time_based",
                        "--runtime=600",
                        "--disable_slat=1",
                        "--disable_clat=1",
                        "--log_unix_epoch=1",
                        "--write_lat_log=" + log)
                .redirectErrorStream(true)
                .redirectOutput(new File(log + ".out"))
                .start();
        loads.add(new Load(host, fio, Path.of(log + "_lat.1.log")));
    }

    /** Ends all clients and returns the requests of each host. */
    List<Completions> completions() throws IOException {
        loads.forEach(load -> load.fio.destroy());
        loads.forEach(load -> load.fio.onExit().join());
        List<Completions> completions = new ArrayList<>();
        for (int host = 1; host <= weirs.size(); host++) {
            int of = host;
            completions.add(Completions.read(loads.stream()
                    .filter(load -> load.host == of && Files.exists(load.log))
                    .map(Load::log)
                    .toList()));
        }
        loads.clear();
        return completions;
    }

    @Override
    public void close() throws IOException {
        loads.forEach(load -> load.fio.destroyForcibly().onExit().join());
        for (int host = 1; host <= weirs.size(); host++) {
            kill(host);
        }
        network.close();
    }
}
