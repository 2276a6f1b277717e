package dev.weir.bench;

import dev.weir.bench.report.Run;
import dev.weir.bench.report.Table;
import java.io.IOException;
import java.util.List;

/**
 * Three hosts that share 3000 requests per second, each in its own network namespace. fio logs each request. The
 * suite cuts, kills and heals, and evaluates the logs. The case of idle hosts runs on loopback.
 */
final class ClusterSuite {
    private static final int HOSTS = 3;
    private static final long LIMIT = 3_000;

    /** Allowance of a change of shares: a tenth of a second of each host's largest share and one request for each. */
    private static final double ALLOWANCE = HOSTS * (LIMIT / 10.0 + 1);

    private static final long SETTLE_MILLIS = 3_000;
    private static final long STEADY_MILLIS = 10_000;

    /** Detection, the lease, the grace period and some seconds of the new state. */
    private static final long SPLIT_MILLIS = 25_000;

    private static final long LEASE_SECONDS = 5;

    /** Ten minutes. The JVM interprets code that runs once a second for some minutes. */
    private static final long IDLE_SETTLE_MILLIS = 600_000;

    private static final long IDLE_MILLIS = 60_000;

    private final Run run;
    private final Table table = new Table("case", "figure", "measured");

    ClusterSuite(Run run) {
        this.run = run;
    }

    void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= run.rounds(); round++) {
            if (run.isWanted("shares")) {
                run.progress(round, "shares");
                measureShares();
            }
            if (run.isWanted("weights")) {
                run.progress(round, "weights");
                measureWeights();
            }
            if (run.isWanted("kill")) {
                run.progress(round, "kill");
                measureKill();
            }
            if (run.isWanted("split")) {
                run.progress(round, "split");
                measureCut("split", hosts -> hosts.network().connect(3, false), hosts -> hosts.network()
                        .connect(3, true));
            }
            if (run.isWanted("one-way")) {
                run.progress(round, "one-way");
                measureCut("one-way cut", hosts -> hosts.network().block(3, 1, true), hosts -> hosts.network()
                        .block(3, 1, false));
            }
            if (run.isWanted("idle")) {
                run.progress(round, "idle");
                measureIdle();
            }
        }
        run.section("Cluster", "Three hosts, 3000 requests/s together, 32 requests pending on each busy host.", table);
    }

    private void measureShares() throws IOException, InterruptedException {
        try (ClusterHosts hosts = new ClusterHosts(run, LIMIT, 1, 1, 1)) {
            hosts.load(2);
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            hosts.load(1);
            hosts.load(3);
            long joined = System.currentTimeMillis();
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            long end = System.currentTimeMillis();
            List<Completions> each = requests(hosts, end);
            Completions all = Completions.all(each);
            Completions alone = each.get(1);
            atMost(
                    "one busy host",
                    "seconds to 95 % of the limit",
                    3,
                    alone.secondsUntil(0.95 * LIMIT, alone.first(), joined));
            atLeast("one busy host", "rate", 0.95 * LIMIT, alone.rate(alone.first() + SETTLE_MILLIS, joined));
            about("three busy hosts", "rate of all", LIMIT, 0.02, all.rate(end - STEADY_MILLIS, end));
            for (int i = 0; i < HOSTS; i++) {
                double rate = each.get(i).rate(end - STEADY_MILLIS, end);
                about("three busy hosts", "rate of h" + (i + 1), LIMIT / (double) HOSTS, 0.05, rate);
            }
            atMost("three busy hosts", "requests beyond the limit", ALLOWANCE, all.excess(LIMIT, all.first(), end));
        }
    }

    private void measureWeights() throws IOException, InterruptedException {
        try (ClusterHosts hosts = new ClusterHosts(run, LIMIT, 1, 2, 3)) {
            loadAll(hosts);
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            long end = System.currentTimeMillis();
            List<Completions> each = requests(hosts, end);
            about(
                    "weights 1:2:3",
                    "rate of all",
                    LIMIT,
                    0.02,
                    Completions.all(each).rate(end - STEADY_MILLIS, end));
            for (int i = 0; i < HOSTS; i++) {
                double rate = each.get(i).rate(end - STEADY_MILLIS, end);
                about("weights 1:2:3", "rate of h" + (i + 1), (i + 1) * LIMIT / 6.0, 0.05, rate);
            }
        }
    }

    /** Ends the clients, reports the rates of each second and returns the requests of each host. */
    private List<Completions> requests(ClusterHosts hosts, long end) throws IOException {
        List<Completions> each = hosts.completions();
        for (int i = 0; i < each.size(); i++) {
            run.progress("h" + (i + 1) + ": " + each.get(i).perSecond(end));
        }
        return each;
    }

    private static void loadAll(ClusterHosts hosts) throws IOException {
        for (int host = 1; host <= HOSTS; host++) {
            hosts.load(host);
        }
    }

    private void measureKill() throws IOException, InterruptedException {
        try (ClusterHosts hosts = new ClusterHosts(run, LIMIT, 1, 1, 1)) {
            loadAll(hosts);
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            int coordinator = hosts.coordinator(1);
            long killed = System.currentTimeMillis();
            hosts.kill(coordinator);
            Thread.sleep(SPLIT_MILLIS);
            long end = System.currentTimeMillis();
            hosts.start(coordinator);
            hosts.awaitLease(coordinator);
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            long again = System.currentTimeMillis();
            List<Completions> each = requests(hosts, again);
            for (int i = 0; i < HOSTS; i++) {
                if (i + 1 != coordinator) {
                    double lost = each.get(i).longestBelow(0.95 * LIMIT / HOSTS, killed - 1000, end);
                    atMost("coordinator killed", "seconds below a third, h" + (i + 1), LEASE_SECONDS, lost);
                }
            }
            Completions all = Completions.all(each);
            atMost("coordinator killed", "requests beyond the limit", ALLOWANCE, all.excess(LIMIT, all.first(), again));
            // a host that does not answer may be alive behind a cut, where it uses its safe share
            double others = LIMIT - (double) LIMIT / HOSTS;
            atLeast("coordinator killed", "rate of the others", 0.95 * others, all.rate(end - 5_000, end));
            atLeast("coordinator killed", "rate after its restart", 0.95 * LIMIT, all.rate(again - 5_000, again));
        }
    }

    private interface Step {
        void run(ClusterHosts hosts) throws IOException, InterruptedException;
    }

    private void measureCut(String name, Step cut, Step heal) throws IOException, InterruptedException {
        try (ClusterHosts hosts = new ClusterHosts(run, LIMIT, 1, 1, 1)) {
            loadAll(hosts);
            Thread.sleep(SETTLE_MILLIS + STEADY_MILLIS);
            long begun = System.currentTimeMillis();
            cut.run(hosts);
            Thread.sleep(SPLIT_MILLIS);
            heal.run(hosts);
            long healed = System.currentTimeMillis();
            Thread.sleep(SPLIT_MILLIS);
            long end = System.currentTimeMillis();
            List<Completions> each = requests(hosts, end);
            Completions all = Completions.all(each);
            atMost(name, "highest rate of a second", LIMIT * 1.02 + ALLOWANCE, all.highest(1000, begun - 5000, end));
            atMost(name, "highest rate of five seconds", LIMIT * 1.02, all.highest(5000, begun - 5000, end));
            atMost(name, "requests beyond the limit", ALLOWANCE, all.excess(LIMIT, all.first(), end));
            figure(name, "rate during the cut", all.rate(begun, healed));
            figure(name, "seconds below 95 % during the cut", all.longestBelow(0.95 * LIMIT, begun - 1000, healed));
            atMost(name, "seconds to full use after healing", 5, all.secondsUntil(0.95 * LIMIT, healed, end));
        }
    }

    private void measureIdle() throws IOException, InterruptedException {
        try (IdleHosts hosts = new IdleHosts(run, HOSTS)) {
            run.progress("the hosts are idle for eleven minutes");
            Thread.sleep(IDLE_SETTLE_MILLIS);
            List<Double> before = hosts.cpuSeconds();
            Thread.sleep(IDLE_MILLIS);
            List<Double> after = hosts.cpuSeconds();
            List<Double> memory = hosts.mebibytes();
            double lone = idlePercent(before.get(0), after.get(0));
            figure("without a cluster", "% of a core", lone);
            figure("without a cluster", "MiB", memory.get(0));
            for (int i = 1; i <= HOSTS; i++) {
                double more = idlePercent(before.get(i), after.get(i)) - lone;
                atMost("idle", "more % of a core, h" + i, 0.5, more);
                atMost("idle", "more MiB, h" + i, 32, memory.get(i) - memory.get(0));
            }
        }
    }

    private static double idlePercent(double before, double after) {
        return (after - before) / IDLE_MILLIS * 1e5;
    }

    private void atLeast(String name, String what, double bound, double measured) {
        figure(name, what, measured);
        run.goals().atLeast("cluster: " + name + ": " + what, bound, measured);
    }

    private void atMost(String name, String what, double bound, double measured) {
        figure(name, what, measured);
        // a state that is never reached misses the bound
        run.goals().atMost("cluster: " + name + ": " + what, bound, Double.isNaN(measured) ? 1e9 : measured);
    }

    private void about(String name, String what, double expected, double tolerance, double measured) {
        figure(name, what, measured);
        run.goals()
                .atMost(
                        "cluster: " + name + ": " + what + ", deviation from " + Math.round(expected) + " in %",
                        tolerance * 100,
                        Math.abs(measured / expected - 1) * 100);
    }

    private void figure(String name, String what, double measured) {
        table.row(name, what, String.format(java.util.Locale.ROOT, "%.2f", measured));
    }
}
