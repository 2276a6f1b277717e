package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs {@link dev.weir.bench.micro.Scale} for few and many drives, of which few or all are busy, each time in its own
 * JVM.
 */
final class ScaleSuite {
    private static final List<Fleet> FLEETS = List.of(
            new Fleet(1, 1),
            new Fleet(100, 1),
            new Fleet(10_000, 100),
            new Fleet(1_000, 1_000),
            new Fleet(100_000, 1_000));
    private static final int FIGURES = 6;

    private final Run run;

    /** The number of drives and the number of busy ones. */
    private record Fleet(int drives, int busy) {}

    ScaleSuite(Run run) {
        this.run = run;
    }

    void measure() throws IOException, InterruptedException {
        Map<Fleet, List<Samples>> figures = new LinkedHashMap<>();
        for (int round = 1; round <= run.rounds(); round++) {
            for (Fleet fleet : FLEETS) {
                run.progress(round, "%,d drives, %,d busy".formatted(fleet.drives, fleet.busy));
                List<Samples> into = figures.computeIfAbsent(
                        fleet,
                        key -> Stream.generate(Samples::new).limit(FIGURES).toList());
                String[] words = scale(fleet).split(" ", -1);
                for (int i = 0; i < FIGURES; i++) {
                    into.get(i).add(Double.parseDouble(words[i]));
                }
            }
        }
        Table table = new Table(
                "drives",
                "busy",
                "heap per drive, bytes",
                "idle, % of a core",
                "ns per request that need not wait",
                "processor ns per request that has to",
                "released late, p50 ns",
                "p99 ns");
        figures.forEach((fleet, by) -> table.row(
                "%,d".formatted(fleet.drives),
                "%,d".formatted(fleet.busy),
                by.get(0).summary("%,.0f"),
                by.get(1).summary("%.2f"),
                by.get(2).summary("%,.0f"),
                by.get(3).summary("%,.0f"),
                by.get(4).summary("%,.0f"),
                by.get(5).summary("%,.0f")));
        run.section(
                "Scale",
                "Memory drives with two limits each, some of them busy: reading 4 KiB as fast as one thread can; then at their limits, 10 000 requests a second in all.",
                table);
    }

    private String scale(Fleet fleet) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        return Program.output(List.of(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.weir.bench.micro.Scale",
                        String.valueOf(fleet.drives),
                        String.valueOf(fleet.busy),
                        String.valueOf(run.seconds())))
                .strip();
    }
}
