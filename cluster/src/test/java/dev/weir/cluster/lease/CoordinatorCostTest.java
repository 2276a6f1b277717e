package dev.weir.cluster.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Report;
import dev.weir.cluster.wire.MessageCodec;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The cost of a coordinator: processor time with its codec, messages and bytes per second. {@code
 * -Dweir.cluster.hosts=1000} and {@code -Dweir.cluster.groups=100} set the size. Half of the hosts use each group.
 */
class CoordinatorCostTest {
    private static final int DEFAULT_HOSTS = 20;
    private static final int DEFAULT_GROUPS = 5;
    private static final int HOSTS = Integer.getInteger("weir.cluster.hosts", DEFAULT_HOSTS);
    private static final int GROUPS = Integer.getInteger("weir.cluster.groups", DEFAULT_GROUPS);

    /**
     * The costs of a host at the default size, where a run always has the same. After a move of the demand a host sends
     * a report when its share has shrunk and one each 100 ms while it grows, 4.5 beyond the periodic one. The
     * coordinator answers each and sends as many leases because the targets of others have changed.
     */
    private static final double MOVING_REPORTS = 5.47;

    private static final double MOVING_OFFERS = 11.3;
    private static final double MOVING_BYTES = 430;

    /** A report and its answer without any other message. A host without demand wants nothing, so it has less to say. */
    private static final double STEADY_BYTES = 54.4;

    private static final double IDLE_BYTES = 48.4;

    /** A report or a lease may gain a few bytes for each group, but no message more. */
    private static final double TOLERANCE = 0.1;

    private static final long LIMIT = 1_000_000;
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long WARM_SECONDS = 5;
    private static final long SECONDS = 5;
    private static final long SETTLE_SECONDS = 3;

    /** What the drives of the hosts want. */
    private enum Load {
        MOVING,
        STEADY,
        NONE
    }

    /** Messages and bytes a second. The bytes are those of one host and one group in both directions. */
    private record Cost(double reports, double offers, double bytes) {}

    private final List<ClusterNode> nodes = new ArrayList<>();
    private final Deque<Runnable> mail = new ArrayDeque<>();
    private long now = 1;
    private long bytesToCoordinator;
    private long bytesToHosts;
    private long coordinatorNanos;
    private long reports;
    private Load load = Load.NONE;
    private long offers;

    /** The mail of a host. Messages arrive in the next step. */
    private final class Mail implements ClusterNode.Outbox {
        private final int from;

        Mail(int from) {
            this.from = from;
        }

        @Override
        public void send(String host, Offer offer) {
            bytesToHosts += MessageCodec.encode(offer).length;
            offers++;
            mail.add(() -> nodes.get(index(host)).receive(name(from), offer, now));
        }

        @Override
        public void send(String host, Report report) {
            byte[] bytes = MessageCodec.encode(report);
            bytesToCoordinator += bytes.length;
            reports++;
            mail.add(() -> {
                int to = index(host);
                if (to == 0) {
                    timed(() -> nodes.get(0).receive(name(from), (Report) MessageCodec.decode(bytes), now));
                } else {
                    nodes.get(to).receive(name(from), report, now);
                }
            });
        }
    }

    private static String name(int host) {
        return "h" + host;
    }

    private static int index(String host) {
        return Integer.parseInt(host.substring(1));
    }

    private void timed(Runnable step) {
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        step.run();
        coordinatorNanos += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
    }

    private Demand demand(int host, String group) {
        if (load == Load.NONE) {
            return Demand.NONE;
        }
        long second = TimeUnit.NANOSECONDS.toSeconds(now);
        long moves = load == Load.STEADY ? 0 : second;
        boolean isBusy = (host + Integer.parseInt(group.substring(1)) + moves) % 2 == 0;
        return new Demand(second * 100, 0, 0, 0, isBusy ? 9 : 0, isBusy ? Set.of(LimitKey.IOPS) : Set.of(), 0, 0);
    }

    private void run(long seconds) {
        for (long end = now + TimeUnit.SECONDS.toNanos(seconds); now < end; now += STEP) {
            for (int pending = mail.size(); pending > 0; pending--) {
                mail.remove().run();
            }
            timed(() -> nodes.get(0).advance(now));
            for (ClusterNode node : nodes.subList(1, HOSTS)) {
                if (node.nextAt(now) <= now) {
                    node.advance(now);
                }
            }
        }
    }

    /** Starts the hosts and lets them get leases. */
    private void start(Load itsLoad) {
        load = itsLoad;
        List<String> names =
                IntStream.range(0, HOSTS).mapToObj(CoordinatorCostTest::name).toList();
        for (int host = 0; host < HOSTS; host++) {
            int index = host;
            ClusterNode node = new ClusterNode(
                    name(host),
                    1L << 20,
                    new ClusterScope(1, HOSTS, HOSTS, OnPartition.SAFE_SHARE),
                    Timing.DEFAULT,
                    group -> demand(index, group),
                    new Mail(host),
                    now);
            for (int group = 0; group < GROUPS; group++) {
                node.add("g" + group, ThrottleLimits.of(Map.of("iops", LIMIT)), now);
            }
            nodes.add(node);
        }
        nodes.forEach(node -> node.view(names, now));
        run(WARM_SECONDS);
    }

    /** Runs the hosts for a while and prints the cost. */
    private Cost measured() {
        bytesToCoordinator = 0;
        bytesToHosts = 0;
        coordinatorNanos = 0;
        reports = 0;
        offers = 0;
        run(SECONDS);
        System.out.printf(
                "%d hosts, %d groups, load %s: coordinator %.1f %% of a core, %.0f kB/s in %d reports/s to it,"
                        + " %.0f kB/s in %d offers/s to hosts%n",
                HOSTS,
                GROUPS,
                load,
                coordinatorNanos / 1e7 / SECONDS,
                bytesToCoordinator / 1e3 / SECONDS,
                reports / SECONDS,
                bytesToHosts / 1e3 / SECONDS,
                offers / SECONDS);
        // the coordinator sends no message to itself
        double seconds = SECONDS * (HOSTS - 1.0);
        return new Cost(reports / seconds, offers / seconds, (bytesToCoordinator + bytesToHosts) / seconds / GROUPS);
    }

    private static void assertNear(double expected, double cost, String what) {
        if (HOSTS == DEFAULT_HOSTS && GROUPS == DEFAULT_GROUPS) {
            assertEquals(expected, cost, TOLERANCE * expected, what);
        }
    }

    @Test
    void hostsWhoseDemandMovesCostLittle() {
        start(Load.MOVING);
        Cost cost = measured();
        assertNear(MOVING_REPORTS, cost.reports, "reports/s of a host");
        assertNear(MOVING_OFFERS, cost.offers, "offers/s to a host");
        assertNear(MOVING_BYTES, cost.bytes, "bytes/s for each host and group");
        load = Load.STEADY;
        run(SETTLE_SECONDS);
        long sum = nodes.stream()
                .mapToLong(node -> node.share("g0", now).share().get(LimitKey.IOPS))
                .sum();
        assertTrue(sum > 0.95 * LIMIT && sum <= LIMIT, () -> "sum of the shares: " + sum);
    }

    @ParameterizedTest
    @EnumSource(
            value = Load.class,
            names = {"STEADY", "NONE"})
    void hostsWithASteadyDemandSendOneReportASecond(Load itsLoad) {
        start(itsLoad);
        Cost cost = measured();
        assertEquals(1, cost.reports, "reports/s of a host");
        assertEquals(1, cost.offers, "offers/s to a host");
        assertNear(itsLoad == Load.NONE ? IDLE_BYTES : STEADY_BYTES, cost.bytes, "bytes/s for each host and group");
    }
}
