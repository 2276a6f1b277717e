package dev.weir.bench;

import dev.weir.bench.api.ApiCost;
import dev.weir.bench.report.Goals;
import dev.weir.bench.report.Run;
import dev.weir.bench.simulation.Simulation;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/** The command {@code bench/run}. */
public final class Bench {
    private static final int USAGE = 2;

    private static final String HELP =
            """
            Usage: bench/run [--rounds N] [--seconds N] [--only TEXT] [--folder DIR] [--against DIR]
                             [SUITE...]

            Measures Weir beside its peers, in rounds that take turns. Prints tables in Markdown:
            medians, the spread of the rounds, and ratios with the lowest and highest of any round.
            The last table has the goals and whether this machine reaches them.

              --rounds N      rounds of each measurement; default: 5
              --seconds N     duration of one measurement over NBD; default: 3
              --only TEXT     only cases with this text in their name, for example 'depth 64'
              --folder DIR    parent of a temporary folder for images of some 2 GiB
              --against DIR   a built checkout of another commit; the suites nbd and fresh measure it
                              in turns with this one

            Suites; default: all
            """;

    /** The suites of measurements. */
    enum Suite {
        decision("wait and charge, beside Bucket4j, Resilience4j and Guava"),
        drive("submission to completion on a memory drive"),
        nbd("throughput over NBD beside nbdkit and qemu-nbd, warm"),
        cold("the same in the first four seconds"),
        fresh("first writes to fresh drives and sparse images"),
        device("block devices with direct I/O beside qemu-nbd; needs root"),
        hop("Weir in front of a qcow2 image by the backends qemu and nbd, beside qemu-nbd alone"),
        tls("64 KiB reads over TLS beside nbdkit and qemu-nbd"),
        many("1 000 connections to 1 000 drives beside nbdkit"),
        capped("exactness and evenness at a cap, beside QEMU and nbdkit"),
        latency("completion times at a cap and the cost of a release, beside QEMU and nbdkit"),
        scale("1 to 100 000 drives"),
        tree("1 to 10 000 drives that wait for one group; threads in one tree; QEMU's throttle group"),
        cluster("a limit that three hosts share: rates, cuts, a killed coordinator; needs root"),
        api("processor time of 1 000 reads/s of the HTTP API"),
        start("from the start to ready, beside a bare Felix"),
        simulation("drift in a virtual hour and a virtual year");

        private final String description;

        Suite(String description) {
            this.description = description;
        }
    }

    private final Set<Suite> suites = EnumSet.noneOf(Suite.class);
    private int rounds = 5;
    private int seconds = 3;
    private String only = "";
    private Path parent = Path.of(System.getProperty("java.io.tmpdir"));
    private @Nullable Path against;

    private Bench() {}

    /** Runs the command. */
    public static void main(String[] args) throws IOException, InterruptedException, RunnerException {
        if (List.of(args).contains("--help")) {
            System.out.print(HELP);
            for (Suite suite : Suite.values()) {
                System.out.printf("  %-14s  %s%n", suite, suite.description);
            }
            return;
        }
        Bench bench = new Bench();
        try {
            bench.parse(List.of(args).iterator());
        } catch (IllegalArgumentException | NoSuchElementException e) {
            System.err.println("bench/run: a wrong or missing value (" + e.getMessage() + "); see bench/run --help");
            System.exit(USAGE);
        }
        bench.measure();
    }

    private void parse(Iterator<String> words) {
        while (words.hasNext()) {
            String word = words.next();
            switch (word) {
                case "--rounds" -> rounds = Integer.parseInt(words.next());
                case "--seconds" -> seconds = Integer.parseInt(words.next());
                case "--only" -> only = words.next();
                case "--folder" -> parent = Path.of(words.next());
                case "--against" -> against = Path.of(words.next());
                default -> suites.add(Suite.valueOf(word));
            }
        }
    }

    private void measure() throws IOException, InterruptedException, RunnerException {
        Path root = Path.of(System.getProperty("weir.root"));
        Path output = Files.createDirectories(root.resolve("target")).resolve("bench.md");
        Files.deleteIfExists(output);
        Path folder = Files.createTempDirectory(parent, "weir-bench");
        Path other = against == null ? null : distribution(against);
        Run run = new Run(rounds, seconds, folder, distribution(root), other, output, only, new Goals());
        try {
            run.section("Measured on", Machine.describe(), "Rounds: " + rounds + ", of " + seconds + " s.");
            for (Suite suite : suites.isEmpty() ? EnumSet.allOf(Suite.class) : suites) {
                measure(suite, run);
            }
            run.goals().print(run);
        } finally {
            remove(folder);
        }
        run.progress("all of this is in " + output);
    }

    private static Path distribution(Path checkout) throws IOException {
        Path distribution = checkout.resolve("dist/target/weir");
        if (!Files.isExecutable(distribution.resolve("bin/weir"))) {
            throw new IOException(checkout + " is not a built checkout: it has no dist/target/weir/bin/weir");
        }
        return distribution;
    }

    private static void measure(Suite suite, Run run) throws IOException, InterruptedException, RunnerException {
        if (EnumSet.of(
                                Suite.nbd,
                                Suite.cold,
                                Suite.fresh,
                                Suite.device,
                                Suite.hop,
                                Suite.capped,
                                Suite.latency,
                                Suite.cluster)
                        .contains(suite)
                && !Program.isThere("fio")) {
            run.progress("fio is missing: " + suite + " is left out");
            return;
        }
        switch (suite) {
            case decision -> new Microbenchmarks(run).decision();
            case drive -> new Microbenchmarks(run).drive();
            case nbd -> new Throughput(run).measureWarm();
            case cold -> new Throughput(run).measureCold();
            case fresh -> Throughput.ofFirstWrites(run).measureFirstWrites();
            case device -> new DeviceThroughput(run).measure();
            case hop -> new DoubleHop(run).measure();
            case tls -> new TlsThroughput(run).measure();
            case many -> new ManySuite(run).measure();
            case capped -> new Smoothness(run).measure();
            case latency -> new CappedLatency(run).measure();
            case scale -> new ScaleSuite(run).measure();
            case tree -> measureTrees(run);
            case cluster -> new ClusterSuite(run).measure();
            case api -> new ApiCost(run).measure();
            case start -> new StartTime(run).measure();
            case simulation -> Simulation.simulate(run.goals());
        }
    }

    private static void measureTrees(Run run) throws IOException, InterruptedException {
        if (run.isWanted("waiting drives")) {
            new ScaleSuite(run).measureTrees();
        }
        if (run.isWanted("threads")) {
            new ScaleSuite(run).measureThreads();
        }
        if (run.isWanted("members")) {
            new GroupSuite(run).measure();
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
