package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The cost of Weir in front of an image of QEMU. qemu-nbd serves a qcow2 image alone, behind the backend {@code nbd}
 * and as the daemon of the backend {@code qemu}. Processor time is that of all processes but the client. A round
 * measures every chain once in every case; each round begins with another chain.
 */
final class DoubleHop {
    private static final List<Fio> CASES = List.of(
            new Fio("4 KiB random read, depth 1", "randread", 4096, 1, 1),
            new Fio("4 KiB random read, depth 64", "randread", 4096, 64, 1),
            new Fio("4 KiB random write, depth 1", "randwrite", 4096, 1, 1),
            new Fio("4 KiB random write, depth 64", "randwrite", 4096, 64, 1),
            new Fio("128 KiB read, depth 16", "read", 128 << 10, 16, 1),
            new Fio("128 KiB write, depth 16", "write", 128 << 10, 16, 1));

    private static final Fio FILL = new Fio("fill", "write", 1 << 20, 4, 1);
    private static final List<String> PROGRAMS = List.of("qemu-nbd", "qemu-img", "qemu-storage-daemon");
    private static final String ALONE = "qemu-nbd";
    private static final String QEMU = "weir, backend qemu";
    private static final String NBD = "weir, backend nbd, qemu-nbd";
    private static final List<String> CHAINS = List.of(ALONE, QEMU, NBD);

    /** The measurements of one chain in one case. */
    private record Figure(Samples perSecond, Samples cpuMicros) {}

    private final Run run;
    private final Map<Fio, Map<String, Figure>> figures = new LinkedHashMap<>();

    DoubleHop(Run run) {
        this.run = run;
    }

    /** Measures all chains. All run throughout and the first round is not counted. */
    void measure() throws IOException, InterruptedException {
        for (String program : PROGRAMS) {
            if (!Program.isThere(program)) {
                run.progress(program + " is missing: hop is left out");
                return;
            }
        }
        Map<String, Server> chains = new LinkedHashMap<>();
        try {
            chains.put(ALONE, qemuNbd("alone"));
            chains.put(QEMU, Server.weir(run, "qemu", "file=" + image("qemu") + ",format=qcow2"));
            chains.put(NBD, proxy());
            for (Map.Entry<String, Server> each : chains.entrySet()) {
                run.progress("filling the image of " + each.getKey());
                FILL.run(each.getValue().uri(), Target.DRIVE_BYTES, 0);
            }
            for (int round = 0; round <= run.rounds(); round++) {
                measureAll(chains, round);
            }
        } finally {
            for (Server each : chains.values()) {
                each.close();
            }
        }
        run.section(
                "A qcow2 image behind Weir",
                "%d rounds of %d s each after one that is not counted; images of %d MiB, written once before."
                        .formatted(run.rounds(), run.seconds(), Target.DRIVE_BYTES >> 20),
                table());
    }

    private String image(String name) throws IOException, InterruptedException {
        Path image = Files.createTempDirectory(run.folder(), "hop").resolve(name + ".qcow2");
        String bytes = String.valueOf(Target.DRIVE_BYTES);
        Program.output(List.of("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), bytes));
        return image.toString();
    }

    private Server qemuNbd(String name) throws IOException, InterruptedException {
        return Server.peer(run, "", "qemu-nbd", "-t", "-e", "8", "-k", "SOCKET", "-f", "qcow2", image(name));
    }

    private Server proxy() throws IOException, InterruptedException {
        Server far = qemuNbd("proxy");
        try {
            return Server.weir(run, "proxy", "uri=" + far.uri()).inFrontOf(far);
        } catch (IOException | InterruptedException e) {
            far.close();
            throw e;
        }
    }

    private void measureAll(Map<String, Server> chains, int round) throws IOException, InterruptedException {
        for (Fio load : CASES) {
            for (int i = 0; i < CHAINS.size() && run.isWanted(load.name()); i++) {
                String name = CHAINS.get((i + round) % CHAINS.size());
                run.progress(round, load.name() + ": " + name);
                measure(load, name, Objects.requireNonNull(chains.get(name)), round > 0);
            }
        }
    }

    private void measure(Fio load, String name, Server server, boolean counts)
            throws IOException, InterruptedException {
        double before = server.cpuSeconds();
        Fio.Result result = load.run(server.uri(), Target.DRIVE_BYTES, run.seconds());
        double cpuSeconds = server.cpuSeconds() - before;
        if (counts) {
            Figure figure = figures.computeIfAbsent(load, key -> new LinkedHashMap<>())
                    .computeIfAbsent(name, key -> new Figure(new Samples(), new Samples()));
            figure.perSecond.add(result.perSecond());
            figure.cpuMicros.add(cpuSeconds * 1e6 / result.requests());
        }
    }

    private Table table() {
        Table table = new Table("case", "chain", "requests/s", "ratio", "processor time, µs/request", "ratio");
        figures.forEach((load, by) -> CHAINS.forEach(name -> {
            Figure figure = Objects.requireNonNull(by.get(name));
            Figure alone = Objects.requireNonNull(by.get(ALONE));
            table.row(
                    load.name(),
                    name,
                    figure.perSecond.summary("%,.0f"),
                    name.equals(ALONE) ? "" : figure.perSecond.ratioTo(alone.perSecond),
                    figure.cpuMicros.summary("%.1f"),
                    name.equals(ALONE) ? "" : figure.cpuMicros.ratioTo(alone.cpuMicros));
        }));
        return table;
    }
}
