package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.QemuDrive;
import dev.weir.bench.server.QemuDrive.Read;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * Completion times of a drive at its cap beside QEMU's throttling and nbdkit's rate filter, and the processor time of a
 * released request. All have a burst of 100 ms worth of the rate. The client lets it pass before it measures.
 */
final class CappedLatency {
    private static final long BYTES_PER_SECOND = 10 << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final double PER_SECOND = (double) BYTES_PER_SECOND / BLOCK_BYTES;
    private static final long DRIVE_BYTES = 64L << 20;
    private static final int SKIPPED_SECONDS = 1;
    private static final String BUCKET = "weir, bucket";
    private static final String QEMU = "QEMU";
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9);

    /** Most of the best peer's time. */
    private static final double GOAL = 1.02;

    private static final List<Fio> LOADS = List.of(
            new Fio("depth 1", "randread", BLOCK_BYTES, 1, 1), new Fio("depth 32", "randread", BLOCK_BYTES, 32, 1));

    /** The measurements of one server under one load: a time for each percentile (µs) and processor time (µs). */
    private record Figure(List<Samples> percentiles, Samples cpuMicros) {
        Figure() {
            this(PERCENTILES.stream().map(percentile -> new Samples()).toList(), new Samples());
        }

        void addTimes(LongStream nanos) {
            long[] sorted = nanos.sorted().toArray();
            for (int i = 0; i < PERCENTILES.size(); i++) {
                int place = (int) (PERCENTILES.get(i) / 100 * sorted.length);
                percentiles.get(i).add(sorted[place] / 1e3);
            }
        }
    }

    private final Run run;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final Map<Fio, Map<String, Figure>> figures = new LinkedHashMap<>();

    CappedLatency(Run run) {
        this.run = run;
    }

    /** Measures all servers. They run throughout, except QEMU. The first round is not counted. */
    void measure() throws IOException, InterruptedException {
        try {
            start();
            List<String> names = new ArrayList<>(servers.keySet());
            names.add(QEMU);
            for (int round = 0; round <= run.rounds(); round++) {
                for (Fio load : LOADS) {
                    if (run.isWanted(load.name())) {
                        measure(round, load, names);
                    }
                }
                Collections.rotate(names, -1);
            }
        } finally {
            servers.values().forEach(Server::close);
        }
        report();
    }

    private void start() throws IOException, InterruptedException {
        for (String policy : List.of("bucket", "slice")) {
            String drive = "memory=%d,policy=%s,bps=%d".formatted(DRIVE_BYTES, policy, BYTES_PER_SECOND);
            servers.put("weir, " + policy, Server.weir(run, policy, drive));
        }
        if (Program.isThere(Target.NBDKIT)) {
            String size = String.valueOf(DRIVE_BYTES);
            String rate = "rate=" + BYTES_PER_SECOND * Byte.SIZE;
            String[] command = {
                Target.NBDKIT, "-f", "-U", "SOCKET", "--filter=rate", "memory", size, rate, "burstiness=0.1"
            };
            servers.put("nbdkit, rate filter", Server.peer(run, "", command));
        } else {
            run.progress("nbdkit is missing");
        }
    }

    private void measure(int round, Fio load, List<String> names) throws IOException, InterruptedException {
        for (String name : names) {
            run.progress(round, load.name() + ": " + name);
            Figure figure = round == 0
                    ? new Figure()
                    : figures.computeIfAbsent(load, key -> new LinkedHashMap<>())
                            .computeIfAbsent(name, key -> new Figure());
            Server server = servers.get(name);
            if (server != null) {
                measure(server, load, figure);
            } else if (Program.isThere(QemuDrive.PROGRAM)) {
                measureQemu(load, figure);
            } else {
                run.progress(QemuDrive.PROGRAM + " is missing");
            }
        }
    }

    private void measure(Server server, Fio load, Figure figure) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory(run.folder(), "times");
        double before = server.cpuSeconds();
        load.run(
                server.uri(),
                DRIVE_BYTES,
                run.seconds(),
                "--ramp_time=" + SKIPPED_SECONDS,
                "--write_lat_log=" + folder.resolve("log"));
        double requests = PER_SECOND * (SKIPPED_SECONDS + run.seconds());
        figure.cpuMicros.add((server.cpuSeconds() - before) * 1e6 / requests);
        List<String> lines = Files.readAllLines(folder.resolve("log_clat.1.log"));
        // at its end fio waits for all requests in flight and takes their completions together
        figure.addTimes(lines.subList(0, lines.size() - load.depth()).stream()
                .mapToLong(line -> Long.parseLong(line.split(", ", 3)[1])));
    }

    private void measureQemu(Fio load, Figure figure) throws IOException, InterruptedException {
        int skippedMillis = 1000 * SKIPPED_SECONDS;
        try (QemuDrive drive = QemuDrive.start(run, DRIVE_BYTES, "bps-total=" + BYTES_PER_SECOND)) {
            figure.addTimes(drive.readFor(skippedMillis + 1000 * run.seconds(), load).stream()
                    .filter(read -> read.completedAtMillis() >= skippedMillis)
                    .mapToLong(Read::nanos));
        }
    }

    private void report() {
        Table table = new Table("load", "server", "p50, µs", "p99, µs", "p99.9, µs", "processor time, µs/request");
        figures.forEach((load, by) -> {
            by.forEach((name, figure) -> table.row(
                    load.name(),
                    name,
                    figure.percentiles.get(0).summary("%,.0f"),
                    figure.percentiles.get(1).summary("%,.0f"),
                    figure.percentiles.get(2).summary("%,.0f"),
                    figure.cpuMicros.summary("%.1f")));
            addGoals(load, by);
        });
        run.section(
                "Completion times at a cap",
                """
                %d rounds of %d s each, 10 MiB/s of 4 KiB random reads. QEMU's times contain its monitor."""
                        .formatted(run.rounds(), run.seconds()),
                table);
    }

    private void addGoals(Fio load, Map<String, Figure> by) {
        Figure ours = Objects.requireNonNull(by.get(BUCKET));
        for (int i = 0; i < PERCENTILES.size(); i++) {
            double best = Double.NaN;
            double possible = i == 0 ? 1e6 * load.depth() / PER_SECOND : 0; // a lower median exceeds the cap
            for (Map.Entry<String, Figure> entry : by.entrySet()) {
                double theirs = entry.getValue().percentiles.get(i).median();
                if (!entry.getKey().startsWith(Target.WEIR) && !(theirs >= best)) {
                    best = theirs;
                }
            }
            String goal = "10 MiB/s, 4 KiB, %s: p%s ÷ best peer".formatted(load.name(), PERCENTILES.get(i));
            run.goals().atMost(goal, GOAL, ours.percentiles.get(i).median() / Math.max(best, possible));
        }
    }
}
