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
 * A group at its limit with few and many members over NBD, beside a throttle group of QEMU's storage daemon. One thread
 * is the client of all members. All members wait at each moment and together have as many reads in flight in every
 * case. A round measures every case once; each round begins with another case.
 */
final class GroupSuite {
    private static final long IOPS = 10_000;
    private static final int DRIVE_BYTES = 256 << 10;
    private static final int IN_FLIGHT = 128;
    private static final int ONE = 1;
    private static final int MANY = 64;
    private static final String QEMU = "qemu-storage-daemon";

    private final Run run;
    private final Map<Case, Figure> figures = new LinkedHashMap<>();

    private record Case(String server, int members) {}

    /** The measurements of one case. */
    private record Figure(Samples ofLimit, Samples cpuMicros, Samples fairness) {
        Figure() {
            this(new Samples(), new Samples(), new Samples());
        }
    }

    GroupSuite(Run run) {
        this.run = run;
    }

    /** Measures all cases. Each has a server of its own; the first round is not counted. */
    void measure() throws IOException, InterruptedException {
        List<Case> cases = new ArrayList<>(List.of(new Case(Target.WEIR, ONE), new Case(Target.WEIR, MANY)));
        if (Program.isThere(QEMU)) {
            cases.addAll(List.of(new Case(QEMU, ONE), new Case(QEMU, MANY)));
        } else {
            run.progress(QEMU + " is missing");
        }
        cases.forEach(each -> figures.put(each, new Figure()));
        for (int round = 0; round <= run.rounds(); round++) {
            for (Case each : cases) {
                run.progress(round, "%d members of a group: %s".formatted(each.members, each.server));
                Figure figure = round == 0 ? new Figure() : figure(each);
                try (Server server = each.server.equals(QEMU) ? qemu(each.members) : weir(each.members)) {
                    measure(server, each.members, figure);
                }
            }
            Collections.rotate(cases, -1);
        }
        report();
    }

    private Figure figure(Case of) {
        return Objects.requireNonNull(figures.get(of));
    }

    private static List<String> exports(int members) {
        return IntStream.rangeClosed(1, members).mapToObj(i -> "vm" + i).toList();
    }

    private Server weir(int members) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder("weir.groups.host.limits.iops = %d\n".formatted(IOPS));
        exports(members)
                .forEach(name -> text.append("weir.drives.%s { group = host, backend { type = memory, size = %d } }\n"
                        .formatted(name, DRIVE_BYTES)));
        Path configuration = Files.writeString(run.folder().resolve("group.conf"), text);
        return Server.weir(run, "group", "", "--config", configuration.toString());
    }

    private Server qemu(int members) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(QEMU));
        command.addAll(List.of("--object", "throttle-group,id=host,x-iops-total=" + IOPS));
        command.addAll(List.of("--nbd-server", "addr.type=unix,addr.path=SOCKET,max-connections=0"));
        for (String name : exports(members)) {
            String storage = "null-co,node-name=%s-storage,size=%d".formatted(name, DRIVE_BYTES);
            String filter = "throttle,node-name=%1$s,throttle-group=host,file=%1$s-storage".formatted(name);
            String export = "nbd,id=%1$s-export,node-name=%1$s,name=%1$s,writable=on".formatted(name);
            command.addAll(List.of("--blockdev", storage, "--blockdev", filter, "--export", export));
        }
        return Server.peer(run, "vm1", command.toArray(new String[0]));
    }

    private void measure(Server server, int members, Figure figure) throws IOException {
        int depth = IN_FLIGHT / members;
        try (Fleet fleet = new Fleet(Path.of(server.socket()), exports(members))) {
            fleet.run(depth, run.seconds()); // for the compilers of Weir and the burst
            double before = server.cpuSeconds();
            Fleet.Outcome outcome = fleet.run(depth, run.seconds());
            double cpuSeconds = server.cpuSeconds() - before;
            figure.ofLimit.add(outcome.perSecond() / IOPS);
            figure.cpuMicros.add(cpuSeconds * 1e6 / (outcome.perSecond() * run.seconds()));
            figure.fairness.add(outcome.fairness());
        }
    }

    private void report() {
        Table table = new Table(
                "server", "members", "processor time, µs/request", "÷ one member", "rate ÷ limit", "Jain's index");
        figures.forEach((each, figure) -> {
            Figure one = figure(new Case(each.server, ONE));
            table.row(
                    each.server,
                    each.members,
                    figure.cpuMicros.summary("%.1f"),
                    figure.cpuMicros.ratioTo(one.cpuMicros),
                    figure.ofLimit.summary("%.4f"),
                    figure.fairness.summary("%.5f"));
        });
        run.section(
                "Members of a group",
                ("%d rounds of %d s after one that is not counted. All members wait for `iops = %d` of their group;"
                                + " %d reads of 4 KiB are in flight. Weir's drives are in memory, QEMU's are null-co.")
                        .formatted(run.rounds(), run.seconds(), IOPS, IN_FLIGHT),
                table);
    }
}
