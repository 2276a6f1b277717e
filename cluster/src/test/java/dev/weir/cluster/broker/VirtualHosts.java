package dev.weir.cluster.broker;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.lease.Timing;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Report;
import dev.weir.testkit.clock.ManualClock;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Three hosts on one virtual clock. Their messages arrive at once. A command that waits moves the clock. */
final class VirtualHosts {
    static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    final ManualClock clock = new ManualClock(0);
    final List<Host> all = IntStream.range(0, TenantGroup.HOSTS)
            .mapToObj(i -> new Host("h" + i, i))
            .toList();
    private final Deque<Runnable> messages = new ArrayDeque<>();

    /** The pauses of commands. */
    int pauses;

    /** Runs once a host has sent a question for a change. */
    Runnable afterQuestion = () -> {};

    /** A host whose state is that of a broker. */
    final class Host implements ClusterNode.Outbox, LimitChanges.Steps {
        final String name;
        final TenantGroup group = new TenantGroup(clock);
        final ClusterNode node;
        final BrokeredGroup brokered;
        final Peers peers;
        final LimitChanges changes;

        /** The hosts that this one asked for a change. */
        final List<String> asked = new ArrayList<>();

        /** The limits that were to be saved later. */
        final List<ThrottleLimits> saved = new ArrayList<>();

        boolean isCutOff;

        /** Whether questions for a change do not arrive. */
        boolean isDeaf;

        private @Nullable Answer answered;

        private Host(String name, long incarnation) {
            this.name = name;
            ClusterScope scope = new ClusterScope(1, TenantGroup.HOSTS, TenantGroup.HOSTS, OnPartition.SAFE_SHARE);
            node = new ClusterNode(
                    name, (incarnation + 1) << 20, scope, Timing.DEFAULT, group -> Demand.NONE, this, clock.nanoTime());
            node.add(TenantGroup.NAME, group.limits(), clock.nanoTime());
            brokered = new BrokeredGroup(group, node, this::save, this::report);
            peers = new Peers(name, clock::nanoTime, this::ask, this::reply);
            changes = new LimitChanges(name, clock, node, Map.of(TenantGroup.NAME, brokered), peers, this);
        }

        private void save(String of, ThrottleLimits limits, long version, Runnable after) {
            saved.add(limits);
            messages.add(() -> step(after));
        }

        private void report() {
            messages.add(() -> step(() -> node.queueFormed(clock.nanoTime())));
        }

        private void ask(String of, Question question) {
            asked.add(of);
            afterQuestion.run();
            answered = null;
            Host to = host(of);
            if (!isCutOff && !to.isCutOff && !to.isDeaf) {
                to.step(() -> to.peers.answer(name, question, Map::of, to.changes));
            }
            for (int i = 0; i < LimitChanges.PATIENCE_NANOS / STEP_NANOS && answered == null; i++) {
                VirtualHosts.this.run(STEP_NANOS);
            }
        }

        private void reply(String to, Answer answer) {
            if (!isCutOff && !host(to).isCutOff) {
                host(to).answered = answer;
                host(to).peers.answered(answer);
            }
        }

        /** Runs a step and then the due ones. */
        void step(Runnable action) {
            action.run();
            brokered.readLimits();
            node.advance(clock.nanoTime());
            brokered.apply(clock.nanoTime());
            changes.advance(clock.nanoTime());
        }

        void view(List<Host> hosts) {
            step(() -> node.view(hosts.stream().map(host -> host.name).toList(), clock.nanoTime()));
        }

        @Override
        public void send(String to, Offer offer) {
            messages.add(() -> arrive(to, () -> host(to).node.receive(name, offer, clock.nanoTime())));
        }

        @Override
        public void send(String to, Report report) {
            messages.add(() -> arrive(to, () -> host(to).node.receive(name, report, clock.nanoTime())));
        }

        private void arrive(String to, Runnable message) {
            if (!isCutOff && !host(to).isCutOff) {
                host(to).step(message);
            }
        }

        @Override
        public void run(Runnable step) {
            step(step);
            VirtualHosts.this.run(2 * SECOND);
        }

        @Override
        public <T> T ask(Callable<T> question) {
            try {
                T answer = question.call();
                step(() -> {});
                return answer;
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public long patienceNanos() {
            return 0;
        }

        @Override
        public void pause() {
            pauses++;
            VirtualHosts.this.run(SECOND / 4);
        }
    }

    /** Starts the hosts and waits until the first one leases shares. */
    VirtualHosts() {
        all.forEach(host -> host.view(all));
        run(3 * SECOND);
    }

    private Host host(String name) {
        return all.get(Integer.parseInt(name.substring(1)));
    }

    /** Runs all hosts for a time (ns). */
    void run(long nanos) {
        for (long i = 0; i < nanos / STEP_NANOS; i++) {
            clock.advance(STEP_NANOS);
            all.forEach(host -> host.step(() -> {}));
            for (Runnable message = messages.poll(); message != null; message = messages.poll()) {
                message.run();
            }
        }
    }

    /** Cuts the first host off. The others see it at once and the first host sees it if it lives. */
    void cutOff(boolean isAlive) {
        Host first = all.get(0);
        first.isCutOff = true;
        all.subList(1, TenantGroup.HOSTS).forEach(host -> host.view(all.subList(1, TenantGroup.HOSTS)));
        if (isAlive) {
            first.view(List.of(first));
        }
    }
}
