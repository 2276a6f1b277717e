package dev.weir.cluster.broker;

import dev.weir.clock.Clock;
import dev.weir.clock.Timer;
import dev.weir.cluster.ClusterControl;
import dev.weir.cluster.ClusterSnapshot;
import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.Demand;
import dev.weir.cluster.HostDrives;
import dev.weir.cluster.LimitBroker;
import dev.weir.cluster.SharedGroup;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.lease.HeldShare;
import dev.weir.cluster.lease.Timing;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Report;
import dev.weir.cluster.net.JGroupsTransport;
import dev.weir.cluster.net.Transport;
import dev.weir.cluster.wire.MessageCodec;
import dev.weir.drive.control.DriveControl;
import dev.weir.drive.definition.Definitions;
import dev.weir.log.RateLimitedLog;
import dev.weir.supervision.DaemonThreads;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases shares of the cluster's limits to the groups of the engine. Exists only while the configuration has a block
 * {@code cluster}.
 *
 * <p>Thread-safe. All state is confined to one thread, which never waits for the network.
 */
@Component(
        service = {LimitBroker.class, ClusterControl.class},
        configurationPid = "weir.cluster",
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true)
public final class ClusterBroker implements LimitBroker, ClusterControl, ClusterNode.Outbox, Transport.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBroker.class);
    private static final RateLimitedLog UNREADABLE = new RateLimitedLog("messages of the cluster", LOG::warn);
    private static final long JOIN_RETRY_SECONDS = 5;
    private static final long ANSWER_SECONDS = 1;
    /** The most shares in an answer for all groups together. They take about 500 KB. */
    private static final int MOST_SHARES = 10_000;

    private static final int MOST_UNSENT = 4_096;
    private static final int MILLIS_BITS = 20;

    private final ClusterSettings settings;
    private final Clock clock;
    private final Timer timer;
    private final BrokerThread thread;
    private final Thread joiner;

    /** Sends messages because a connection to an unreachable host takes seconds. A full queue drops messages. */
    private final ExecutorService sender = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_UNSENT),
            DaemonThreads.named("weir-cluster-send"),
            new ThreadPoolExecutor.DiscardPolicy());

    private final Map<String, BrokeredGroup> groups = new LinkedHashMap<>();
    private final ClusterNode node;
    private volatile @Nullable Transport transport;
    private volatile boolean stopped;
    private boolean isArmed;
    private long armedFor;

    private final Changes changes;
    private final Peers peers;
    private final LimitChanges limitChanges;

    /** Starts to join the cluster. Returns before it has joined. */
    @Activate
    public ClusterBroker(@Reference Clock clock, Map<String, Object> properties) {
        this.settings = ClusterSettings.of(properties, clock::nanoTime);
        this.clock = clock;
        this.thread = new BrokerThread(settings.name());
        this.timer = clock.timer(() -> step(() -> isArmed = false));
        long incarnation = System.currentTimeMillis() << MILLIS_BITS;
        this.node = new ClusterNode(
                settings.host(), incarnation, settings.scope(), Timing.DEFAULT, this::demand, this, clock.nanoTime());
        this.changes = new Changes(settings.name(), settings.scope().hosts());
        this.peers = new Peers(
                settings.host(),
                clock::nanoTime,
                (host, question) -> deliver(host, MessageCodec.encode(question)),
                (host, answer) -> deliver(host, MessageCodec.encode(answer)));
        this.limitChanges = new LimitChanges(settings.host(), clock, node, groups, peers, new Steps());
        this.joiner = DaemonThreads.named("weir-cluster-join").newThread(this::join);
        joiner.start();
        step(() -> {});
    }

    private void join() {
        while (!stopped) {
            try {
                Transport joined = new JGroupsTransport(
                        settings.name(),
                        settings.host(),
                        settings.listen(),
                        settings.members(),
                        settings.scope().hosts(),
                        settings.secret(),
                        this);
                transport = joined;
                LOG.info("cluster {}: {} listens on {}", settings.name(), settings.host(), settings.listen());
                if (stopped) {
                    joined.close();
                }
                return;
            } catch (Exception e) {
                LOG.error("cluster {} cannot be joined and is tried again: {}", settings.name(), e.toString());
                LOG.debug("cluster {} cannot be joined", settings.name(), e);
            }
            try {
                TimeUnit.SECONDS.sleep(JOIN_RETRY_SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Leaves the cluster. */
    @Deactivate
    void stop() {
        stopped = true;
        joiner.interrupt();
        step(() -> node.leave(clock.nanoTime()));
        thread.stop();
        timer.disarm();
        peers.close();
        sender.shutdown();
        try {
            if (!sender.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                sender.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Transport current = transport;
        if (current != null) {
            current.close();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDrive(DriveControl drive) {
        peers.own().add(drive);
    }

    void removeDrive(DriveControl drive) {
        peers.own().remove(drive);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void addDefinitions(Definitions definitions) {
        peers.definitions(definitions);
    }

    void removeDefinitions(Definitions definitions) {
        peers.definitions(null);
    }

    private Demand demand(String group) {
        BrokeredGroup brokered = groups.get(group);
        return brokered == null ? Demand.NONE : brokered.group().demand();
    }

    /** Runs a step and then the due steps on the thread of the broker. */
    private void step(Runnable action) {
        thread.run(() -> {
            try {
                action.run();
                advance();
            } catch (RuntimeException | Error e) {
                LOG.error("cluster {}: a step failed", settings.name(), e);
                isArmed = false;
                timer.arm(clock.nanoTime() + Timing.DEFAULT.report());
            }
        });
    }

    private void advance() {
        groups.values().forEach(BrokeredGroup::readLimits);
        long now = clock.nanoTime();
        node.advance(now);
        long next = node.nextAt(now);
        for (BrokeredGroup group : groups.values()) {
            if (group.apply(now)) {
                changes.leaseLost(group.group().name());
            }
            HeldShare share = node.share(group.group().name(), now);
            if (share.hasEnd() && share.end() - next < 0) {
                next = share.end();
            }
        }
        changes.observe(node);
        limitChanges.advance(now);
        // arming wakes the thread of the clock, and most messages do not move the next step
        if (!stopped && (!isArmed || next != armedFor)) {
            isArmed = true;
            armedFor = next;
            timer.arm(next);
        }
    }

    @Override
    public void add(SharedGroup group) {
        step(() -> {
            node.add(group.name(), group.limits(), clock.nanoTime());
            groups.put(group.name(), new BrokeredGroup(group, node, this::saveLater, this::queueFormed));
            group.onQueue(this::queueFormed);
        });
    }

    private void saveLater(String group, ThrottleLimits limits, long version, Runnable after) {
        peers.saveLater(group, limits, version, () -> step(after));
    }

    private void queueFormed() {
        step(() -> node.queueFormed(clock.nanoTime()));
    }

    @Override
    public void remove(SharedGroup group) {
        step(() -> {
            groups.remove(group.name());
            node.remove(group.name());
        });
    }

    @Override
    public void send(String host, Offer offer) {
        send(host, MessageCodec.encode(offer));
    }

    @Override
    public void send(String host, Report report) {
        send(host, MessageCodec.encode(report));
    }

    private void send(String host, byte[] bytes) {
        Transport current = transport;
        if (current != null) {
            sender.execute(() -> current.send(host, bytes));
        }
    }

    private void deliver(String host, byte[] bytes) {
        Transport current = transport;
        if (current != null) {
            sender.execute(() -> current.deliver(host, bytes));
        }
    }

    @Override
    public void members(List<String> hosts) {
        if (hosts.contains(settings.host())) {
            step(() -> {
                LOG.info("cluster {}: its reachable hosts are {}", settings.name(), hosts);
                node.view(hosts, clock.nanoTime());
            });
        }
    }

    @Override
    public void message(String from, byte[] bytes) {
        Object message;
        try {
            message = MessageCodec.decode(bytes);
        } catch (RuntimeException e) {
            UNREADABLE.write(
                    () -> "cluster " + settings.name() + ": a message of " + from + " is dropped: " + e.getMessage());
            return;
        }
        if (message instanceof Answer answer) {
            peers.answered(answer);
            return;
        }
        step(() -> {
            long now = clock.nanoTime();
            if (message instanceof Question question) {
                peers.answer(from, question, () -> node.shares(MOST_SHARES, now), limitChanges);
            } else if (message instanceof Report report) {
                node.receive(from, report, now);
            } else if (message instanceof Offer offer) {
                node.receive(from, offer, now);
            }
        });
    }

    @Override
    public void limits(String group, Map<String, Long> newLimits) {
        limitChanges.change(group, newLimits);
    }

    @Override
    public List<String> check(String group, Map<String, Long> newLimits) {
        return limitChanges.check(group, newLimits);
    }

    @Override
    public List<String> save(String group, Map<String, Long> newLimits) {
        return limitChanges.save(group, newLimits);
    }

    @Override
    public ClusterSnapshot local() {
        return ask(() -> look(Map.of()));
    }

    @Override
    public ClusterSnapshot snapshot() {
        String coordinator = ask(node::followed);
        boolean isOther = coordinator != null && !coordinator.equals(settings.host());
        Map<String, Shares> told = isOther ? peers.shares(coordinator) : Map.of();
        return ask(() -> look(told));
    }

    @Override
    public List<HostDrives> drives() {
        return peers.drives(ask(node::view));
    }

    private ClusterSnapshot look(Map<String, Shares> told) {
        long now = clock.nanoTime();
        List<ClusterSnapshot.Member> members = node.view().stream()
                .map(host -> new ClusterSnapshot.Member(host, host.equals(node.followed())))
                .toList();
        Map<String, Shares> own = node.shares(MOST_SHARES, now);
        return new ClusterSnapshot(
                settings.name(),
                settings.host(),
                settings.scope().hosts(),
                node.followed(),
                node.isEstablished(),
                node.roundTripNanos(),
                members,
                groups.values().stream()
                        .map(group -> group.look(own.isEmpty() ? told : own, now))
                        .toList(),
                changes.leasesLost(),
                changes.partitions(),
                changes.coordinatorChanges());
    }

    private final class Steps implements LimitChanges.Steps {
        @Override
        public void run(Runnable action) {
            step(action);
        }

        @Override
        public <T> T ask(Callable<T> question) {
            return ClusterBroker.this.ask(question);
        }
    }

    private <T> T ask(Callable<T> question) {
        return thread.ask(() -> {
            T value = question.call();
            step(() -> {});
            return value;
        });
    }

    @Override
    public String toString() {
        return "cluster " + Objects.requireNonNullElse(settings.name(), "");
    }
}
