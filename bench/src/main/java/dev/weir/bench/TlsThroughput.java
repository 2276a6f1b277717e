package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Throughput of memory drives over TLS with certificates, beside nbdkit and qemu-nbd. The client is {@code nbdcopy}
 * (GnuTLS) on a Unix socket. A round measures every server once; each round begins with another server.
 */
final class TlsThroughput {
    private static final int BLOCK_BYTES = 64 << 10;
    private static final int DEPTH = 16;
    private static final long REQUESTS = Target.DRIVE_BYTES / BLOCK_BYTES;
    private static final List<String> PROGRAMS = List.of("nbdcopy", "certtool");
    private static final double GOAL = 0.9;

    /** Rounds that are not counted. The JVM compiles the code of a cipher after some 100,000 records. */
    private static final int WARM_ROUNDS = 5;

    private final Run run;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Map<String, Samples> perSecond = new LinkedHashMap<>();
    private final Map<String, Samples> cpuMicros = new LinkedHashMap<>();

    TlsThroughput(Run run) {
        this.run = run;
    }

    /** Measures all servers. All run throughout. The first rounds are not counted. */
    void measure() throws IOException, InterruptedException {
        for (String program : PROGRAMS) {
            if (!Program.isThere(program)) {
                run.progress(program + " is missing: tls is left out");
                return;
            }
        }
        Path keys = keys();
        try {
            start(keys);
            fill(keys);
            List<String> names = new ArrayList<>(servers.keySet());
            for (int round = 0; round < WARM_ROUNDS + run.rounds(); round++) {
                for (String name : names) {
                    run.progress(round, "TLS: " + name);
                    measure(keys, name, round >= WARM_ROUNDS);
                }
                Collections.rotate(names, -1);
            }
        } finally {
            servers.values().forEach(Server::close);
        }
        report();
    }

    private void start(Path keys) throws IOException, InterruptedException {
        Path configuration = run.folder().resolve("tls.conf");
        Files.writeString(
                configuration,
                """
                weir.nbd { tls = required, tls-certificate = "%1$s/server-cert.pem", tls-key = "%1$s/server-key.pem" }
                """
                        .formatted(keys));
        servers.put(
                Target.WEIR,
                Server.weir(run, "tls", "memory=" + Target.DRIVE_BYTES, "--config", configuration.toString()));
        if (Program.isThere(Target.NBDKIT)) {
            String size = String.valueOf(Target.DRIVE_BYTES);
            servers.put(
                    Target.NBDKIT,
                    Server.peer(
                            run,
                            "",
                            "nbdkit",
                            "-f",
                            "-U",
                            "SOCKET",
                            "--tls=require",
                            "--tls-certificates=" + keys,
                            "memory",
                            size));
        }
        if (Program.isThere("qemu-nbd")) {
            servers.put(
                    Target.NULL_CO,
                    Server.peer(
                            run,
                            "",
                            "qemu-nbd",
                            "-t",
                            "-k",
                            "SOCKET",
                            "--object",
                            "tls-creds-x509,id=t,endpoint=server,verify-peer=no,dir=" + keys,
                            "--tls-creds",
                            "t",
                            "--image-opts",
                            "driver=null-co,read-zeroes=off,size=" + Target.DRIVE_BYTES));
        }
    }

    /** Makes an authority and the certificate of the servers, in the files that all programs expect. */
    private Path keys() throws IOException, InterruptedException {
        Path keys = Files.createDirectory(run.folder().resolve("keys"));
        for (String name : List.of("ca", "server")) {
            certtool(keys, name + "-key.pem", "--generate-privkey", "--key-type=ecdsa", "--curve=secp256r1");
        }
        Files.writeString(keys.resolve("ca.info"), "cn = Weir bench CA\nca\ncert_signing_key\n");
        Files.writeString(keys.resolve("server.info"), "cn = localhost\ndns_name = localhost\ntls_www_server\n");
        certtool(
                keys,
                "ca-cert.pem",
                "--generate-self-signed",
                "--load-privkey=" + keys.resolve("ca-key.pem"),
                "--template=" + keys.resolve("ca.info"));
        certtool(
                keys,
                "server-cert.pem",
                "--generate-certificate",
                "--load-ca-certificate=" + keys.resolve("ca-cert.pem"),
                "--load-ca-privkey=" + keys.resolve("ca-key.pem"),
                "--load-privkey=" + keys.resolve("server-key.pem"),
                "--template=" + keys.resolve("server.info"));
        return keys;
    }

    private static void certtool(Path folder, String out, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("certtool", "--outfile=" + folder.resolve(out)));
        command.addAll(List.of(words));
        Program.output(command);
    }

    private void measure(Path keys, String name, boolean counts) throws IOException, InterruptedException {
        Server server = Objects.requireNonNull(servers.get(name));
        double before = server.cpuSeconds();
        long begin = System.currentTimeMillis();
        copy(uri(keys, name), "null:");
        double seconds = (System.currentTimeMillis() - begin) / 1e3;
        double cpuSeconds = server.cpuSeconds() - before;
        if (counts) {
            perSecond.computeIfAbsent(name, key -> new Samples()).add(REQUESTS / seconds);
            cpuMicros.computeIfAbsent(name, key -> new Samples()).add(cpuSeconds * 1e6 / REQUESTS);
        }
    }

    /** Fills the drives with data, because a server may answer reads of zeroes without sending them. */
    private void fill(Path keys) throws IOException, InterruptedException {
        byte[] bytes = new byte[1 << 20];
        Path data = run.folder().resolve("data");
        try (OutputStream out = Files.newOutputStream(data)) {
            Random random = new Random(1);
            for (long written = 0; written < Target.DRIVE_BYTES; written += bytes.length) {
                random.nextBytes(bytes);
                out.write(bytes);
            }
        }
        for (String name : List.of(Target.WEIR, Target.NBDKIT)) {
            if (servers.containsKey(name)) {
                run.progress("filling " + name);
                copy(data.toString(), uri(keys, name));
            }
        }
        Files.delete(data);
    }

    private String uri(Path keys, String name) {
        Server server = Objects.requireNonNull(servers.get(name));
        String export = name.equals(Target.WEIR) ? "vm1" : "";
        return "nbds+unix://localhost/" + export + "?socket=" + server.socket() + "&tls-certificates=" + keys
                + "&tls-verify-peer=false";
    }

    private static void copy(String from, String to) throws IOException, InterruptedException {
        Program.output(List.of(
                "nbdcopy",
                "--connections=1",
                "--requests=" + DEPTH,
                "--request-size=" + BLOCK_BYTES,
                "--no-extents",
                from,
                to));
    }

    private void report() {
        Samples ours = Objects.requireNonNull(perSecond.get(Target.WEIR));
        Table table = new Table("server", "64 KiB reads/s, depth 16", "Weir ÷ it", "processor time, µs/read");
        perSecond.forEach((name, theirs) -> {
            boolean isWeir = name.equals(Target.WEIR);
            table.row(
                    name,
                    theirs.summary("%,.0f"),
                    isWeir ? "" : ours.ratioTo(theirs),
                    Objects.requireNonNull(cpuMicros.get(name)).summary("%.1f"));
            if (!isWeir) {
                run.goals().atLeast("64 KiB reads over TLS ÷ " + name, GOAL, ours.medianRatioTo(theirs));
            }
        });
        run.section(
                "TLS",
                "%d rounds after %d that are not counted, %d reads each, TLS 1.3 with a certificate."
                        .formatted(run.rounds(), WARM_ROUNDS, REQUESTS),
                table);
    }
}
