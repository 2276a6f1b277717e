package dev.weir.bench;

import dev.weir.bench.many.Fleet;
import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
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
import java.util.stream.IntStream;

/**
 * A thousand connections to a thousand drives, beside nbdkit and nbd-server. One thread is the client of all. A round
 * measures every server once; each round begins with another server.
 */
final class ManySuite {
    private static final int CONNECTIONS = 1000;
    private static final int DRIVE_BYTES = 256 << 10;
    private static final int[] DEPTHS = {1, 16};
    private static final List<String> EXPORTS =
            IntStream.rangeClosed(1, CONNECTIONS).mapToObj(i -> "vm" + i).toList();

    private final Run run;
    private final Map<String, Target.Starter> starters = new LinkedHashMap<>();
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    /** The measurements of one server at one depth. */
    private record Figure(
            String server,
            int depth,
            Samples perSecond,
            Samples p50,
            Samples p99,
            Samples fairness,
            Samples cpuMicros,
            Samples kibibytes) {
        Figure(String server, int depth) {
            this(
                    server,
                    depth,
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples());
        }
    }

    ManySuite(Run run) {
        this.run = run;
        starters.put(Target.WEIR, this::weir);
        if (Program.isThere(Target.NBDKIT)) {
            starters.put(
                    Target.NBDKIT,
                    () -> Server.peer(run, "", "nbdkit", "-f", "-U", "SOCKET", "memory", String.valueOf(DRIVE_BYTES)));
        }
        if (Program.isThere(Target.NBD_SERVER)) {
            starters.put(Target.NBD_SERVER, () -> Server.nbdServer(run, EXPORTS, DRIVE_BYTES));
        }
    }

    private Server weir() throws IOException, InterruptedException {
        StringBuilder drives = new StringBuilder();
        EXPORTS.forEach(name ->
                drives.append("weir.drives.%s.backend { type = memory, size = %d }\n".formatted(name, DRIVE_BYTES)));
        Path configuration = Files.writeString(run.folder().resolve("many.conf"), drives);
        return Server.weir(run, "many", "", "--config", configuration.toString());
    }

    /** Measures all servers. Each runs alone; the first round is not counted. */
    void measure() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(starters.keySet());
        for (int round = 0; round <= run.rounds(); round++) {
            for (String name : names) {
                run.progress(round, "%,d connections: %s".formatted(CONNECTIONS, name));
                try (Server server = Objects.requireNonNull(starters.get(name)).start()) {
                    measure(name, server, round > 0);
                }
            }
            Collections.rotate(names, -1);
        }
        report();
    }

    private void measure(String name, Server server, boolean counts) throws IOException, InterruptedException {
        Path socket = Path.of(server.socket());
        long children = server.children();
        try (Fleet once = new Fleet(socket, EXPORTS)) {
            once.fill();
        }
        server.awaitChildren(children);
        long before = server.memoryBytes();
        try (Fleet fleet = new Fleet(socket, EXPORTS)) {
            for (int depth : DEPTHS) {
                fleet.run(depth, run.seconds()); // for the compilers of Weir
                double cpuSeconds = server.cpuSeconds();
                Fleet.Outcome outcome = fleet.run(depth, run.seconds());
                cpuSeconds = server.cpuSeconds() - cpuSeconds;
                long bytes = server.memoryBytes() - before;
                if (counts) {
                    Figure figure = figures.computeIfAbsent(name + depth, key -> new Figure(name, depth));
                    figure.perSecond.add(outcome.perSecond());
                    figure.p50.add(outcome.p50Micros());
                    figure.p99.add(outcome.p99Micros());
                    figure.fairness.add(outcome.fairness());
                    figure.cpuMicros.add(cpuSeconds * 1e6 / (outcome.perSecond() * run.seconds()));
                    figure.kibibytes.add((double) bytes / CONNECTIONS / 1024);
                }
            }
        }
    }

    private void report() {
        Table table = new Table(
                "requests each",
                "server",
                "requests/s",
                "p50, µs",
                "p99, µs",
                "Jain's index",
                "processor time, µs/request",
                "memory per connection, KiB");
        for (int depth : DEPTHS) {
            figures.values().stream()
                    .filter(figure -> figure.depth == depth)
                    .forEach(figure -> table.row(
                            depth,
                            figure.server,
                            figure.perSecond.summary("%,.0f"),
                            figure.p50.summary("%,.0f"),
                            figure.p99.summary("%,.0f"),
                            figure.fairness.summary("%.4f"),
                            figure.cpuMicros.summary("%.1f"),
                            figure.kibibytes.summary("%,.1f")));
            goals(depth);
        }
        run.section(
                "Many connections",
                ("%d rounds after one that is not counted: %,d connections to as many drives in memory of %d KiB,"
                                + " random 4 KiB reads for %d s. nbdkit has one disk for all. nbd-server has images."
                                + " Memory is the growth of the proportional set size.")
                        .formatted(run.rounds(), CONNECTIONS, DRIVE_BYTES >> 10, run.seconds()),
                table);
    }

    private void goals(int depth) {
        Figure ours = Objects.requireNonNull(figures.get(Target.WEIR + depth));
        String what = "%,d connections, %d requests each: ".formatted(CONNECTIONS, depth);
        run.goals().atLeast(what + "Jain's index", 0.99, ours.fairness.median());
        for (String peer : List.of(Target.NBDKIT, Target.NBD_SERVER)) {
            Figure theirs = figures.get(peer + depth);
            if (theirs != null) {
                run.goals().atLeast(what + "rate ÷ " + peer, 1, ours.perSecond.medianRatioTo(theirs.perSecond));
                run.goals().atMost(what + "p99 ÷ " + peer, 1, ours.p99.medianRatioTo(theirs.p99));
                run.goals().atMost(what + "memory ÷ " + peer, 1, ours.kibibytes.medianRatioTo(theirs.kibibytes));
            }
        }
    }
}
