package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Runs {@link dev.weir.bench.micro.Scale} for few and many drives, of which few or all are busy, each time in its own
 * JVM.
 */
final class ScaleSuite {
    private static final Fleet ONE = new Fleet(1, 1);
    private static final Fleet MANY = new Fleet(10_000, 100);
    private static final Fleet MOST = new Fleet(100_000, 1_000);
    private static final List<Fleet> FLEETS = List.of(ONE, new Fleet(100, 1), MANY, new Fleet(1_000, 1_000), MOST);
    private static final int FIGURES = 6;
    private static final int MANY_WAITING = 10_000;
    private static final List<Tree> TREES = List.of(
            new Tree(1, 1, false),
            new Tree(100, 1, false),
            new Tree(MANY_WAITING, 1, false),
            new Tree(MANY_WAITING, 1, true),
            new Tree(MANY_WAITING, 4, false),
            new Tree(MANY_WAITING, 4, true));

    /** The levels of groups above the drives; 0 for drives without a group. */
    private static final List<Integer> LEVELS = List.of(0, 1, 4);

    private static final List<Integer> THREADS = List.of(1, 2, 4);

    private final Run run;

    /** The number of drives and the number of busy ones. */
    private record Fleet(int drives, int busy) {}

    /** The number of drives and of levels of groups, and whether each fourth drive has an own limit. */
    private record Tree(int drives, int levels, boolean own) {}

    /** The levels of groups and the number of submitting threads. */
    private record Threads(int levels, int threads) {}

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
        goals(figures);
        run.section(
                "Scale",
                "Memory drives with two limits each, some of them busy: reading 4 KiB as fast as one thread can; then"
                        + " at their limits, 10 000 requests a second in all.",
                table);
    }

    private void goals(Map<Fleet, List<Samples>> figures) {
        List<Samples> one = Objects.requireNonNull(figures.get(ONE));
        List<Samples> most = Objects.requireNonNull(figures.get(MOST));
        run.goals()
                .atMost(
                        "heap of an idle drive of 100 000, bytes",
                        2048,
                        most.get(0).median());
        run.goals().atMost("100 000 idle drives, % of a core", 1, most.get(1).median());
        for (Fleet fleet : List.of(MANY, MOST)) {
            run.goals()
                    .atMost(
                            "request with %,d drives, one in a hundred busy, ÷ with one".formatted(fleet.drives),
                            1.1,
                            Objects.requireNonNull(figures.get(fleet)).get(2).medianRatioTo(one.get(2)));
        }
        run.goals()
                .atMost(
                        "request with 100 000 drives ÷ with one",
                        1.3,
                        most.get(2).medianRatioTo(one.get(2)));
        run.goals()
                .atMost(
                        "held request with 100 000 drives ÷ with one",
                        1.3,
                        most.get(3).medianRatioTo(one.get(3)));
    }

    /** Runs {@link dev.weir.bench.micro.TreeScale}. */
    void measureTrees() throws IOException, InterruptedException {
        Map<Tree, List<Samples>> figures = new LinkedHashMap<>();
        for (int round = 1; round <= run.rounds(); round++) {
            for (Tree tree : TREES) {
                run.progress(round, "%,d drives below %d levels of groups".formatted(tree.drives, tree.levels));
                List<Samples> into = figures.computeIfAbsent(tree, key -> List.of(new Samples(), new Samples()));
                String[] words =
                        java("TreeScale", tree.drives, tree.levels, tree.own).split(" ", -1);
                into.get(0).add(Double.parseDouble(words[0]));
                into.get(1).add(Double.parseDouble(words[1]));
            }
        }
        Table table = new Table("drives", "levels", "own limits", "processor ns per request", "rate ÷ limit");
        figures.forEach((tree, by) -> table.row(
                "%,d".formatted(tree.drives),
                String.valueOf(tree.levels),
                tree.own ? "each fourth" : "none",
                by.get(0).summary("%,.0f"),
                by.get(1).summary("%.4f")));
        treeGoals(figures);
        run.section(
                "Tree of limits",
                "Memory drives that all wait for `iops = 10000` of the group at the root, with two reads in flight"
                        + " each.",
                table);
    }

    private void treeGoals(Map<Tree, List<Samples>> figures) {
        Samples one = Objects.requireNonNull(figures.get(TREES.get(0))).get(0);
        figures.forEach((tree, by) -> {
            if (tree.drives == MANY_WAITING) {
                String what = "%,d waiting drives, depth %d%s: "
                        .formatted(tree.drives, tree.levels, tree.own ? ", own limits" : "");
                double most = tree.levels == 1 ? 1.5 : 2;
                run.goals()
                        .atMost(
                                what + "processor time ÷ one drive",
                                most,
                                by.get(0).medianRatioTo(one));
                run.goals().atLeast(what + "rate ÷ limit", 0.995, by.get(1).median());
                run.goals().atMost(what + "rate ÷ limit", 1.005, by.get(1).median());
            }
        });
    }

    /** Runs {@link dev.weir.bench.micro.TreeThreads}. */
    void measureThreads() throws IOException, InterruptedException {
        Map<Threads, List<Samples>> figures = new LinkedHashMap<>();
        for (int round = 1; round <= run.rounds(); round++) {
            for (int levels : LEVELS) {
                for (int threads : THREADS) {
                    run.progress(round, "%d threads, %d levels of groups".formatted(threads, levels));
                    String[] words = java("TreeThreads", threads, levels).split(" ", -1);
                    List<Samples> into = figures.computeIfAbsent(
                            new Threads(levels, threads), key -> List.of(new Samples(), new Samples()));
                    into.get(0).add(Double.parseDouble(words[0]));
                    into.get(1).add(Double.parseDouble(words[1]));
                }
            }
        }
        Table table = new Table("levels", "threads", "processor ns per request", "requests per second");
        figures.forEach((of, by) -> table.row(
                of.levels == 0 ? "no tree" : String.valueOf(of.levels),
                String.valueOf(of.threads),
                by.get(0).summary("%,.0f"),
                by.get(1).summary("%,.0f")));
        run.section(
                "Threads in one tree",
                "Threads that read 4 KiB from eight memory drives each. No limit holds a request. The drives of a tree"
                        + " share a lock.",
                table);
    }

    private String scale(Fleet fleet) throws IOException, InterruptedException {
        return java("Scale", fleet.drives, fleet.busy);
    }

    /** Runs a program of {@code dev.weir.bench.micro} in its own JVM. The last argument is the duration. */
    private String java(String program, Object... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.weir.bench.micro." + program));
        Stream.of(arguments).map(String::valueOf).forEach(words::add);
        words.add(String.valueOf(run.seconds()));
        return Program.output(words).strip();
    }
}
