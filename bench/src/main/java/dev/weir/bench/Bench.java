package dev.weir.bench;

import dev.weir.bench.simulation.Simulation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code bench/run}. */
@Command(
        name = "bench/run",
        sortOptions = false,
        description = "Measures Weir beside its peers, in rounds that take turns, and prints tables in Markdown:"
                + " medians, how far the rounds were apart, and ratios with the lowest and highest of any round.")
public final class Bench implements Callable<Integer> {

    /** The suites of measurements. */
    enum Suite {
        decision("wait and charge, beside Bucket4j, Resilience4j and Guava"),
        drive("submission to completion on a memory drive"),
        nbd("throughput over NBD beside nbdkit and qemu-nbd, warm"),
        cold("the same in the first four seconds"),
        capped("exactness and evenness at a cap, beside QEMU and nbdkit"),
        scale("1 to 100 000 drives"),
        start("from the start to ready, beside a bare Felix"),
        simulation("drift in a virtual hour and a virtual year");

        private final String description;

        Suite(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return name() + " (" + description + ")";
        }
    }

    @Parameters(
            paramLabel = "SUITE",
            description = "What to measure; all if none is given. One of: ${COMPLETION-CANDIDATES}.")
    private Set<Suite> suites = EnumSet.noneOf(Suite.class);

    @Option(names = "--rounds", defaultValue = "5", description = "How often each thing is measured; ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--seconds",
            defaultValue = "3",
            description = "How long one measurement over NBD takes; ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--only",
            defaultValue = "",
            paramLabel = "TEXT",
            description = "Only cases with this in their name, for example 'depth 64'.")
    private String only = "";

    @Option(
            names = "--folder",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where images are made, some 2 GiB, in a folder that is removed again; ${DEFAULT-VALUE}.")
    private Path parent = Path.of("");

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "A built checkout of another commit. The suite nbd measures it in turns with this one.")
    private @Nullable Path against;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        Path root = Path.of(System.getProperty("weir.root"));
        Path output = Files.createDirectories(root.resolve("target")).resolve("bench.md");
        Files.deleteIfExists(output);
        Path folder = Files.createTempDirectory(parent, "weir-bench");
        Path other = against == null ? null : distribution(against);
        Run run = new Run(rounds, seconds, folder, distribution(root), other, output, only);
        try {
            run.section("Measured on", Machine.describe(), "Rounds: " + rounds + ", of " + seconds + " s.");
            for (Suite suite : suites.isEmpty() ? EnumSet.allOf(Suite.class) : suites) {
                measure(suite, run);
            }
        } finally {
            remove(folder);
        }
        run.progress("all of this is in " + output);
        return 0;
    }

    private static Path distribution(Path checkout) throws IOException {
        Path distribution = checkout.resolve("dist/target/weir");
        if (!Files.isExecutable(distribution.resolve("bin/weir"))) {
            throw new IOException(checkout + " is not a built checkout: it has no dist/target/weir/bin/weir");
        }
        return distribution;
    }

    private static void measure(Suite suite, Run run) throws IOException, InterruptedException, RunnerException {
        if (EnumSet.of(Suite.nbd, Suite.cold, Suite.capped).contains(suite) && !Program.isThere("fio")) {
            run.progress("fio is missing: " + suite + " is left out");
            return;
        }
        switch (suite) {
            case decision -> new Microbenchmarks(run).decision();
            case drive -> new Microbenchmarks(run).drive();
            case nbd -> new Throughput(run).measureWarm();
            case cold -> new Throughput(run).measureCold();
            case capped -> new Smoothness(run).measure();
            case scale -> new ScaleSuite(run).measure();
            case start -> new StartTime(run).measure();
            case simulation -> Simulation.main(new String[0]);
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
