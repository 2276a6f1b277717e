package dev.weir.bench.api;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Samples;
import dev.weir.bench.report.Table;
import dev.weir.bench.server.Fio;
import dev.weir.bench.server.Server;
import dev.weir.testkit.host.Ports;
import dev.weir.testkit.host.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Processor time of Weir while clients of the HTTP API read one of 1,000 drives after another, and the rate of a drive
 * at its limit meanwhile.
 */
public final class ApiCost {
    private static final int DRIVES = 1_000;
    private static final int CONNECTIONS = 8;
    private static final int PER_SECOND = 1_000;
    private static final int WARM_SECONDS = 60;
    private static final int CAP = 1_000;
    private static final Fio LOAD = new Fio("1 000 requests/s, 4 KiB, depth 32", "randread", 4096, 32, 1);

    private final Run run;
    private final Samples perSecond = new Samples();
    private final Samples idle = new Samples();
    private final Samples percent = new Samples();
    private final Samples median = new Samples();
    private final Samples late = new Samples();
    private final Samples rateAlone = new Samples();
    private final Samples rateBeside = new Samples();

    public ApiCost(Run run) {
        this.run = run;
    }

    public void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= run.rounds(); round++) {
            run.progress(round, "api");
            round();
        }
        Table table = new Table("", "measured");
        table.row("requests/s", perSecond.summary("%,.0f"));
        table.row("processor without requests, % of a core", idle.summary("%.1f"));
        table.row("processor, % of a core", percent.summary("%.1f"));
        table.row("median of the answers, ms", median.summary("%.2f"));
        table.row("99th percentile, ms", late.summary("%.2f"));
        table.row("capped drive without requests, measured ÷ allowed", rateAlone.summary("%.4f"));
        table.row("capped drive beside them, measured ÷ allowed", rateBeside.summary("%.4f"));
        run.goals().atMost("1 000 reads/s of the HTTP API, % of a core", 20, percent.median());
        run.goals().atLeast("capped drive beside the HTTP API, measured ÷ allowed", 0.998, rateBeside.median());
        run.goals().atMost("capped drive beside the HTTP API, measured ÷ allowed", 1.002, rateBeside.median());
        run.section(
                "HTTP API",
                ("%d connections over TCP with a token ask for one of %,d drives after another, %,d times a second,"
                                + " after %d s of warm-up.")
                        .formatted(CONNECTIONS, DRIVES, PER_SECOND, WARM_SECONDS),
                table);
    }

    private void round() throws IOException, InterruptedException {
        int port = Ports.free();
        try (Server server =
                Server.weir(run, "api", "", "--config", configuration(port).toString())) {
            String token = Program.output(List.of(
                            run.weir().resolve("bin/weir").toString(),
                            "--home",
                            server.home(),
                            "token",
                            "add",
                            "bench"))
                    .strip();
            try (ApiClients clients = new ApiClients(port, token, CONNECTIONS, PER_SECOND, DRIVES)) {
                clients.run(WARM_SECONDS);
                double before = server.cpuSeconds();
                ApiClients.Times times = clients.run(run.seconds());
                percent.add(100 * (server.cpuSeconds() - before) / run.seconds());
                perSecond.add(times.count() / (double) run.seconds());
                median.add(times.millis(0.5));
                late.add(times.millis(0.99));
                if (Program.isThere("fio")) {
                    clients.begin();
                    rateBeside.add(capped(server));
                    clients.end();
                    rateAlone.add(capped(server));
                }
            }
            double before = server.cpuSeconds();
            Thread.sleep(run.seconds() * 1000L);
            idle.add(100 * (server.cpuSeconds() - before) / run.seconds());
        }
    }

    private double capped(Server server) throws IOException, InterruptedException {
        return LOAD.run(server.uri(), 1 << 20, run.seconds(), "--ramp_time=1s").perSecond() / CAP;
    }

    private Path configuration(int port) throws IOException {
        String drives = IntStream.range(0, DRIVES)
                .mapToObj("    d%d { backend { type = memory, size = 1MiB }, limits { bps = 10MiB } }\n"::formatted)
                .collect(Collectors.joining());
        return Files.writeString(
                Files.createTempFile(run.folder(), "api", ".conf"),
                """
                weir {
                  control.listen = "tcp:127.0.0.1:%d"
                  drives {
                    vm1 { backend { type = memory, size = 1MiB }, limits { iops = %d } }
                %s  }
                }
                """
                        .formatted(port, CAP, drives));
    }
}
