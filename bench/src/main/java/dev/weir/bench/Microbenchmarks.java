package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH benchmarks in rounds. Each runs in its own JVM. */
final class Microbenchmarks {
    private static final int CONTENDING = 2;
    private static final String GUAVA = "guava";
    private static final List<String> PEERS = List.of("bucket4j", "resilience4j", GUAVA);

    private final Run run;

    Microbenchmarks(Run run) {
        this.run = run;
    }

    /** The measurements of one benchmark. */
    private record Figure(Samples nanos, Samples allocatedBytes) {
        Figure() {
            this(new Samples(), new Samples());
        }

        String allocation() {
            return "%.2f".formatted(Math.abs(allocatedBytes.median()));
        }

        /** Returns the allocation in whole bytes. The fraction comes from other threads and from periodic work. */
        double wholeBytes() {
            return Math.rint(Math.abs(allocatedBytes.median()));
        }
    }

    /** Measures the admission decision beside limiters of other libraries. */
    void decision() throws RunnerException {
        Table table =
                new Table("decision", "threads", "ns", "bytes allocated", "÷ bucket4j", "÷ resilience4j", "÷ guava");
        for (int threads : List.of(1, CONTENDING)) {
            Map<String, Figure> figures = measure("DecisionBenchmark", threads);
            figures.forEach((name, figure) -> table.row(
                    name,
                    threads,
                    figure.nanos.summary("%.1f"),
                    figure.allocation(),
                    ratio(figure, figures.get("bucket4j")),
                    ratio(figure, figures.get("resilience4j")),
                    ratio(figure, figures.get(GUAVA))));
            decisionGoals(threads, figures);
        }
        run.section(
                "The decision", "Wait and charge, with the clock read and a lock taken; nothing has to wait.", table);
    }

    private void decisionGoals(int threads, Map<String, Figure> figures) {
        List<String> peers = threads == 1 ? PEERS : List.of(GUAVA);
        double fastest = peers.stream()
                .mapToDouble(peer -> figure(figures, peer).nanos.median())
                .min()
                .orElseThrow();
        for (String policy : List.of("bucket", "slice")) {
            Figure ours = figure(figures, policy + "SixLimits");
            String what = "decision with six limits, %s, threads: %d".formatted(policy, threads);
            String than = threads == 1 ? "the fastest peer" : GUAVA;
            run.goals().atMost(what + " ÷ " + than + " with one", 1, ours.nanos.median() / fastest);
            run.goals().atMost(what + ": bytes allocated", 0, ours.wholeBytes());
        }
    }

    /** Returns the measurements of a benchmark; without samples if it did not run. */
    private static Figure figure(Map<String, Figure> figures, String name) {
        return figures.getOrDefault(name, new Figure());
    }

    private static String ratio(Figure figure, @Nullable Figure other) {
        return other == null ? "–" : figure.nanos.ratioTo(other.nanos);
    }

    /** Measures the path of a request through a drive. */
    void drive() throws RunnerException {
        Table table = new Table("4 KiB read of a memory drive, one thread", "ns", "bytes allocated", "÷ no limit");
        Map<String, Figure> figures = measure("DriveBenchmark", 1);
        figures.forEach((name, figure) -> {
            table.row(name, figure.nanos.summary("%.1f"), figure.allocation(), ratio(figure, figures.get("noLimit")));
            run.goals().atMost("request of a drive, " + name + ": bytes allocated", 0, figure.wholeBytes());
        });
        run.section("The drive", "From submission to completion.", table);
    }

    private Map<String, Figure> measure(String benchmark, int threads) throws RunnerException {
        Map<String, Figure> figures = new LinkedHashMap<>();
        for (int round = 1; round <= run.rounds(); round++) {
            run.progress(round, benchmark + ", threads: " + threads);
            for (RunResult result : runOnce(benchmark, threads)) {
                String name = result.getParams().getBenchmark();
                Figure into = figures.computeIfAbsent(name.substring(name.lastIndexOf('.') + 1), key -> new Figure());
                into.nanos.add(result.getPrimaryResult().getScore());
                Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
                into.allocatedBytes.add(allocated == null ? Double.NaN : allocated.getScore());
            }
        }
        return figures;
    }

    private Iterable<RunResult> runOnce(String benchmark, int threads) throws RunnerException {
        return new Runner(new OptionsBuilder()
                        .include("dev\\.weir\\.bench\\.micro\\." + benchmark + "\\." + run.only())
                        .threads(threads)
                        .forks(1)
                        .warmupIterations(2)
                        .warmupTime(TimeValue.milliseconds(500))
                        .measurementIterations(3)
                        .measurementTime(TimeValue.milliseconds(300))
                        .addProfiler(GCProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
    }
}
