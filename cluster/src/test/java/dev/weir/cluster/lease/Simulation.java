package dev.weir.cluster.lease;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Report;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cluster on the virtual clock. Messages are delayed, lost, repeated and reordered. Hosts crash, restart and pause.
 * The network splits. Each host has its own clock, which drifts. The same seed gives the same run. The laws are
 * checked before every step.
 */
final class Simulation {
    static final String GROUP = "g";
    static final LimitKey KEY = LimitKey.IOPS;
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    static final int MAX_PPM = 500;

    private record Event(long at, long order, Runnable action) {}

    final Random random;
    final int hosts;
    final ThrottleLimits limits;
    final OnPartition onPartition;
    final List<Host> all = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    private long order;
    long now;
    long messages;

    double lossPercent;
    double repeatPercent;
    long maxDelay = 2 * MILLI;

    /** How long a change of the network takes until the membership shows it. */
    long detection = 3 * SECOND;

    /** The largest sum of all shares that was seen, as a part of the limit. */
    double worst;

    /** What was used beyond the limit and has not been made up for since. */
    private double excess;

    private long checkedAt;
    private long sum;

    final class Host implements ClusterNode.Outbox {
        final int index;
        final String name;
        final int weight;
        private final double speed;
        private final long offset;

        @Nullable
        ClusterNode node;

        private long incarnation;
        private long wakeAt;
        boolean paused;
        private final List<Runnable> inbox = new ArrayList<>();
        int side;

        /** What the guests want of the group (requests/s). */
        long wants;

        private double reads;
        private long countedAt;

        Host(int index, int weight) {
            this.index = index;
            this.name = "h" + index;
            this.weight = weight;
            this.speed = 1 + (random.nextInt(2 * MAX_PPM + 1) - MAX_PPM) / 1e6;
            this.offset = random.nextLong();
        }

        long clock() {
            return offset + (long) (now * speed);
        }

        void start() {
            incarnation += 1L << 20;
            reads = 0;
            countedAt = now;
            paused = false;
            wakeAt = 0;
            ClusterScope scope = new ClusterScope(weight, totalWeight(), hosts, onPartition);
            node = new ClusterNode(name, incarnation, scope, Timing.DEFAULT, group -> demand(), this, clock());
            node.add(GROUP, limits, clock());
            sight();
            wake();
        }

        void crash() {
            node = null;
        }

        void resume() {
            paused = false;
            List<Runnable> missed = List.copyOf(inbox);
            inbox.clear();
            missed.forEach(Runnable::run);
            wake();
        }

        long share() {
            return node == null ? 0 : node.share(GROUP, clock()).share().get(KEY);
        }

        /** Returns the use of the guests and whether some of it waits. */
        private Demand demand() {
            double rate = Math.min(wants, share());
            reads += rate * (now - countedAt) / SECOND;
            countedAt = now;
            Set<LimitKey> held = wants > share() ? EnumSet.of(KEY) : Set.of();
            return new Demand((long) reads, 0, 0, 0, held.isEmpty() ? 0 : 16, held, 0, 0);
        }

        void want(long rate) {
            demand();
            boolean forms = rate > share() && wants <= share();
            wants = rate;
            if (forms && node != null && !paused) {
                node.queueFormed(clock());
                wake();
            }
        }

        void view(List<String> members) {
            run(() -> {
                if (node != null) {
                    node.view(members, clock());
                }
            });
        }

        /** Runs a step of this host now and sets its alarm. */
        void step(Runnable step) {
            step.run();
            if (node != null) {
                node.advance(clock());
            }
            wake();
        }

        private void run(Runnable step) {
            if (paused) {
                inbox.add(step);
            } else {
                step.run();
                wake();
            }
        }

        /** Sets the alarm of the host. */
        private void wake() {
            ClusterNode current = node;
            if (current == null || paused) {
                return;
            }
            long local = clock();
            long next = now + (long) Math.ceil((current.nextAt(local) - local) / speed) + 1;
            if (wakeAt > now && wakeAt <= next) {
                return;
            }
            wakeAt = next;
            at(next, () -> {
                if (node == current && wakeAt == next && !paused) {
                    wakeAt = 0;
                    current.advance(clock());
                    wake();
                }
            });
        }

        @Override
        public void send(String host, Offer offer) {
            Host to = host(host);
            long of = incarnation;
            transmit(this, to, () -> {
                if (to.node != null && of <= incarnation) {
                    to.node.receive(name, offer, to.clock());
                }
            });
        }

        @Override
        public void send(String host, Report report) {
            Host to = host(host);
            transmit(this, to, () -> {
                if (to.node != null) {
                    to.node.receive(name, report, to.clock());
                }
            });
        }
    }

    Simulation(long seed, int hosts, int maxWeight, ThrottleLimits limits, OnPartition onPartition) {
        this.random = new Random(seed);
        this.hosts = hosts;
        this.limits = limits;
        this.onPartition = onPartition;
        for (int i = 0; i < hosts; i++) {
            all.add(new Host(i, 1 + random.nextInt(maxWeight)));
        }
    }

    int totalWeight() {
        return all.stream().mapToInt(host -> host.weight).sum();
    }

    private Host host(String name) {
        return all.get(Integer.parseInt(name.substring(1)));
    }

    void at(long moment, Runnable action) {
        events.add(new Event(moment, order++, action));
    }

    private void transmit(Host from, Host to, Runnable delivery) {
        messages++;
        int copies = random.nextDouble() * 100 < repeatPercent ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (random.nextDouble() * 100 >= lossPercent) {
                long delay = 50_000 + (long) (random.nextDouble() * maxDelay);
                at(now + delay, () -> {
                    if (from.side == to.side) {
                        to.run(delivery);
                    }
                });
            }
        }
    }

    /** The members see the network as it is now after a while, each at its own moment. */
    void sight() {
        for (Host host : all) {
            at(now + 1 + (long) (random.nextDouble() * detection), () -> {
                if (host.node != null) {
                    host.view(all.stream()
                            .filter(other ->
                                    other.node != null && other.side == host.side && (!other.paused || other == host))
                            .map(other -> other.name)
                            .toList());
                }
            });
        }
    }

    /** Runs for a time (ns) and checks the laws after each step. */
    void run(long time) {
        long end = now + time;
        while (!events.isEmpty() && events.peek().at <= end) {
            Event event = events.poll();
            now = Math.max(now, event.at);
            check();
            event.action.run();
        }
        now = end;
        check();
    }

    long sum() {
        long total = 0;
        for (Host host : all) {
            total += host.share();
        }
        return total;
    }

    private void check() {
        excess = Math.max(0, excess + (sum - limits.rate(KEY)) * (double) (now - checkedAt) / SECOND);
        checkedAt = now;
        sum = sum();
        worst = Math.max(worst, (double) sum / limits.rate(KEY));
        long most = Math.max(limits.rate(KEY), limits.max(KEY));
        double depth = (double) limits.max(KEY) * limits.maxLengthSeconds(KEY);
        if (sum > most || excess > depth * 1.000001) {
            throw new AssertionError("at " + now / 1e9 + " s: shares of " + shares() + " for a limit of " + limits
                    + ", beyond it " + excess + " of " + depth);
        }
    }

    Map<String, Object> shares() {
        Map<String, Object> shares = new TreeMap<>();
        for (Host host : all) {
            shares.put(
                    host.name,
                    host.node == null
                            ? "down"
                            : host.node.share(GROUP, host.clock()).state() + " " + host.share() + " of " + host.wants
                                    + " follows " + host.node.followed() + (host.node.isEstablished() ? "!" : ""));
        }
        return shares;
    }
}
