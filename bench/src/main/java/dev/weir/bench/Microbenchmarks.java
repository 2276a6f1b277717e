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

    private final Run run;

    Microbenchmarks(Run run) {
        this.run = run;
    }

    /** The measurements of one benchmark. */
    private record Figure(Samples nanos, Samples allocatedBytes) {
        String allocation() {
            return "%.2f".formatted(Math.abs(allocatedBytes.median()));
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
                    ratio(figure, figures.get("guava"))));
        }
        run.section(
                "The decision", "Wait and charge, with the clock read and a lock taken; nothing has to wait.", table);
    }

    private static String ratio(Figure figure, @Nullable Figure other) {
        return other == null ? "–" : figure.nanos.ratioTo(other.nanos);
    }

    /** Measures the path of a request through a drive. */
    void drive() throws RunnerException {
        Table table = new Table("4 KiB read of a memory drive, one thread", "ns", "bytes allocated", "÷ no limit");
        Map<String, Figure> figures = measure("DriveBenchmark", 1);
        figures.forEach((name, figure) -> table.row(
                name, figure.nanos.summary("%.1f"), figure.allocation(), ratio(figure, figures.get("noLimit"))));
        run.section("The drive", "From submission to completion.", table);
    }

    private Map<String, Figure> measure(String benchmark, int threads) throws RunnerException {
        Map<String, Figure> figures = new LinkedHashMap<>();
        for (int round = 1; round <= run.rounds(); round++) {
            run.progress(round, benchmark + ", threads: " + threads);
            for (RunResult result : runOnce(benchmark, threads)) {
                String name = result.getParams().getBenchmark();
                Figure into = figures.computeIfAbsent(
                        name.substring(name.lastIndexOf('.') + 1), key -> new Figure(new Samples(), new Samples()));
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
