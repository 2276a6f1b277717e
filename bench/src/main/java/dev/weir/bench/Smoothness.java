package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.QemuDrive;
import dev.weir.bench.server.Server;
import dev.weir.bench.server.Target;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Accuracy and evenness of a capped drive beside QEMU's throttling and nbdkit's rate filter. All have a burst of 100
 * ms worth of the rate. Evaluates a log of every request after the first second. That second contains the burst.
 */
final class Smoothness {
    private static final int SKIPPED_MILLIS = 1000;
    private static final int MILLIS = 10_000;
    private static final String SIZE = "64M";
    private static final long USED_BYTES = 64L << 20;

    /** A cap and the load that saturates it. */
    private record Case(String key, long perSecond, Fio load) {
        double allowedBytes() {
            return (double) perSecond * (key.equals("bps") ? 1 : load.blockBytes()) * MILLIS / 1000;
        }
    }

    private static final List<Case> CASES = List.of(
            new Case("bps", 10 << 20, new Fio("10 MiB/s, 4 KiB, depth 32", "randread", 4096, 32, 1)),
            new Case("bps", 100 << 20, new Fio("100 MiB/s, 64 KiB, depth 16", "randread", 64 << 10, 16, 1)),
            new Case("iops", 1000, new Fio("1 000 requests/s, 4 KiB, depth 32", "randread", 4096, 32, 1)));

    /** The measurements of one server in one case. */
    private record Figure(Samples ratio, Samples variation10, Samples variation100, Samples gapMillis) {
        Figure() {
            this(new Samples(), new Samples(), new Samples(), new Samples());
        }
    }

    private final Run run;
    private final Map<Case, Map<String, Figure>> figures = new LinkedHashMap<>();

    Smoothness(Run run) {
        this.run = run;
    }

    void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= run.rounds(); round++) {
            for (Case each : CASES) {
                if (run.isWanted(each.load.name())) {
                    measure(round, each, "weir, bucket", weir(each, "bucket"));
                    measure(round, each, "weir, slice", weir(each, "slice"));
                    measureQemu(round, each);
                    measureNbdkit(round, each);
                }
            }
        }
        Table table = new Table(
                "cap and load", "server", "measured ÷ allowed", "variation per 10 ms", "per 100 ms", "longest gap, ms");
        figures.forEach((each, by) -> by.forEach((server, figure) -> table.row(
                each.load.name(),
                server,
                figure.ratio.summary("%.4f"),
                figure.variation10.summary("%.3f"),
                figure.variation100.summary("%.4f"),
                figure.gapMillis.summary("%.0f"))));
        figures.forEach(this::addGoals);
        run.section(
                "Capped",
                "%d rounds of %d s each; variation is standard deviation ÷ mean of the bytes in each 10 or 100 ms."
                        .formatted(run.rounds(), MILLIS / 1000),
                table);
    }

    private void addGoals(Case each, Map<String, Figure> by) {
        by.forEach((server, ours) -> {
            if (server.startsWith(Target.WEIR)) {
                String name = each.load.name() + ", " + server;
                run.goals().atLeast(name + ", measured ÷ allowed", 0.998, ours.ratio.median());
                run.goals().atMost(name + ", measured ÷ allowed", 1.002, ours.ratio.median());
                by.forEach((peer, theirs) -> addEvenness(name, ours, peer, theirs));
            }
        });
    }

    private void addEvenness(String name, Figure ours, String peer, Figure theirs) {
        if (!peer.startsWith(Target.WEIR)) {
            double ratio = ours.variation10.medianRatioTo(theirs.variation10);
            run.goals().atMost(name + ", variation per 10 ms ÷ " + peer, 1, ratio);
        }
    }

    private Target.Starter weir(Case each, String policy) {
        return () ->
                Server.weir(run, policy, "memory=%s,policy=%s,%s=%d".formatted(SIZE, policy, each.key, each.perSecond));
    }

    private void measureQemu(int round, Case each) throws IOException, InterruptedException {
        if (!Program.isThere(QemuDrive.PROGRAM)) {
            run.progress(QemuDrive.PROGRAM + " is missing");
            return;
        }
        run.progress(round, each.load.name() + ": QEMU");
        try (QemuDrive drive = QemuDrive.start(run, USED_BYTES, each.key + "-total=" + each.perSecond)) {
            List<QemuDrive.Read> reads = drive.readFor(SKIPPED_MILLIS + MILLIS, each.load);
            note(each, "QEMU", counted(reads.stream().mapToInt(QemuDrive.Read::completedAtMillis)));
        }
    }

    private void measureNbdkit(int round, Case each) throws IOException, InterruptedException {
        if (!each.key.equals("bps")) {
            return; // its filter knows no requests per second
        }
        if (Program.isThere("nbdkit")) {
            String bits = "rate=" + each.perSecond * 8;
            String[] command = {"nbdkit", "-f", "-U", "SOCKET", "--filter=rate", "memory", SIZE, bits, "burstiness=0.1"
            };
            measure(round, each, "nbdkit, rate filter", () -> Server.peer(run, "", command));
        } else {
            run.progress("nbdkit is missing");
        }
    }

    private void measure(int round, Case each, String name, Target.Starter starter)
            throws IOException, InterruptedException {
        run.progress(round, each.load.name() + ": " + name);
        Path log = run.folder().resolve("log");
        double seconds = (SKIPPED_MILLIS + MILLIS) / 1000.0 + 0.5;
        try (Server server = starter.start()) {
            each.load.run(server.uri(), USED_BYTES, seconds, "--write_lat_log=" + log, "--disable_slat=1");
        }
        try (Stream<String> lines = Files.lines(Path.of(log + "_lat.1.log"))) {
            note(each, name, counted(lines.mapToInt(line -> Integer.parseInt(line.substring(0, line.indexOf(','))))));
        }
    }

    /** Returns the completion times of the counted requests relative to the start of counting. */
    private static int[] counted(IntStream completedAtMillis) {
        return completedAtMillis
                .map(millis -> millis - SKIPPED_MILLIS)
                .filter(millis -> millis >= 0 && millis < MILLIS)
                .sorted()
                .toArray();
    }

    private void note(Case each, String server, int[] completedAt) {
        Figure figure = figures.computeIfAbsent(each, key -> new LinkedHashMap<>())
                .computeIfAbsent(server, key -> new Figure());
        figure.ratio.add((double) completedAt.length * each.load.blockBytes() / each.allowedBytes());
        figure.variation10.add(variation(completedAt, 10));
        figure.variation100.add(variation(completedAt, 100));
        List<Integer> gaps = new ArrayList<>();
        for (int i = 1; i < completedAt.length; i++) {
            gaps.add(completedAt[i] - completedAt[i - 1]);
        }
        figure.gapMillis.add(gaps.stream().mapToInt(gap -> gap).max().orElse(MILLIS));
    }

    private static double variation(int[] completedAt, int binMillis) {
        long[] bins = new long[MILLIS / binMillis];
        for (int at : completedAt) {
            bins[at / binMillis]++;
        }
        double mean = Arrays.stream(bins).average().orElse(0);
        double square = Arrays.stream(bins)
                .mapToDouble(bin -> (bin - mean) * (bin - mean))
                .average()
                .orElse(0);
        return Math.sqrt(square) / mean;
    }
}
