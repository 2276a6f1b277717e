package dev.weir.cluster.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weir.cluster.ClusterScope;
import dev.weir.cluster.Demand;
import dev.weir.cluster.OnPartition;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.lease.Timing;
import dev.weir.cluster.look.SavedLimits;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Offer;
import dev.weir.cluster.message.Report;
import dev.weir.drive.definition.ChangeOutcome;
import dev.weir.drive.definition.Definition;
import dev.weir.drive.definition.DefinitionChange;
import dev.weir.drive.definition.DefinitionFault;
import dev.weir.drive.definition.Definitions;
import dev.weir.drive.definition.RefusedChangeException;
import dev.weir.throttle.LimitKey;
import dev.weir.throttle.ThrottleLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts save limits that were changed for the whole cluster. */
class ClusterSaveTest extends BrokerFixture {

    ClusterSaveTest(@TempDir Path folder) {
        super(folder);
    }

    /** The definitions of a host whose file may have the group. */
    private static class Saved implements Definitions {
        private final String refusal;
        private final List<String> changes = new CopyOnWriteArrayList<>();

        Saved(String refusal) {
            this.refusal = refusal;
        }

        @Override
        public List<Definition> list(Definition.Kind kind) {
            return List.of();
        }

        @Override
        public @Nullable Definition find(Definition.Kind kind, String name) {
            return null;
        }

        @Override
        public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
            if (!refusal.isEmpty()) {
                throw new RefusedChangeException(
                        RefusedChangeException.Reason.OPERATOR, List.of(DefinitionFault.of("", "", refusal)));
            }
            String iops = change.name() + " " + change.settings().get("limits.iops");
            changes.add(change.isDryRun() ? "check " + iops : iops);
            return new ChangeOutcome(null, List.of(), List.of());
        }

        @Override
        public ChangeOutcome restore() {
            return new ChangeOutcome(null, List.of(), List.of());
        }

        @Override
        public List<String> temporary() {
            return List.of();
        }
    }

    /** Gives each host definitions that refuse every change with a text. An empty text refuses none. */
    private List<Saved> saved(String... refusals) {
        List<Saved> saved = Stream.of(refusals).map(Saved::new).toList();
        for (int i = 0; i < HOSTS; i++) {
            brokers.get(i).addDefinitions(saved.get(i));
        }
        return saved;
    }

    @Test
    void limitsAreSavedOnAllHosts() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Saved> saved = saved("", "", "");
        assertEquals(Set.of("h0", "h1", "h2"), Set.copyOf(brokers.get(1).save("tenant", Map.of("iops", 600L))));
        // a host that has taken over the limits already saves them again
        saved.forEach(host -> assertEquals(
                List.of("check tenant 600", "tenant 600"),
                host.changes.stream().distinct().toList()));
        await("the new limits", () -> groups.stream()
                .allMatch(group -> group.limits().equals(iops(600))));
    }

    @Test
    void limitsThatAHostCannotSaveAreRefused() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Saved> saved = saved("", "", "weir.conf:3: is defined here");
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> brokers.get(0).save("tenant", Map.of("iops", 600L)));
        assertEquals("h2: weir.conf:3: is defined here", refused.getMessage());
        saved.forEach(host -> assertFalse(host.changes.contains("tenant 600")));
        groups.forEach(group -> assertEquals(iops(LIMIT), group.limits()));
        assertThrows(IllegalArgumentException.class, () -> brokers.get(0).save("other", Map.of("iops", 1L)));
    }

    @Test
    void checkAsksAllHostsAndChangesNothing() throws Exception {
        start();
        await("leases", this::areLeased);
        List<Saved> saved = saved("", "", "");
        assertEquals(Set.of("h0", "h1", "h2"), Set.copyOf(brokers.get(1).check("tenant", Map.of("iops", 600L))));
        saved.forEach(host -> assertEquals(List.of("check tenant 600"), host.changes));
        brokers.get(2).addDefinitions(new Saved("weir.conf:3: is defined here"));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> brokers.get(0).check("tenant", Map.of("iops", 600L)));
        assertEquals("h2: weir.conf:3: is defined here", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> brokers.get(0).check("other", Map.of("iops", 1L)));
        groups.forEach(group -> assertEquals(iops(LIMIT), group.limits()));
    }

    @Test
    void unreachableHostSavesTheLimitsWhenItIsBack() throws Exception {
        List<String> members = start();
        await("leases", this::areLeased);
        List<Saved> saved = List.of(new Saved(""), new Saved(""), new Saved(""));
        brokers.get(2).stop();
        await("two hosts", () -> brokers.get(0).snapshot().members().size() == 2);
        for (int i = 0; i < 2; i++) {
            brokers.get(i).addDefinitions(saved.get(i));
        }
        assertEquals(Set.of("h0", "h1"), Set.copyOf(brokers.get(0).save("tenant", Map.of("iops", 600L))));
        brokers.set(2, started(2, properties(2, members)));
        await("the new limits", () -> groups.get(2).limits().equals(iops(600)));
        // its file is read after it has joined
        brokers.get(2).addDefinitions(saved.get(2));
        await("the saved limits", () -> saved.get(2).changes.equals(List.of("tenant 600")));
        brokers.get(0).limits("tenant", Map.of("iops", 900L));
        await("later limits", () -> groups.get(2).limits().equals(iops(900)));
        assertEquals(List.of("tenant 600"), saved.get(2).changes);
    }

    private static ClusterNode node() {
        ClusterNode node = new ClusterNode(
                "h0",
                1,
                new ClusterScope(1, HOSTS, HOSTS, OnPartition.SAFE_SHARE),
                Timing.DEFAULT,
                name -> Demand.NONE,
                new ClusterNode.Outbox() {
                    @Override
                    public void send(String host, Offer offer) {
                        // the host is alone
                    }

                    @Override
                    public void send(String host, Report report) {
                        // the host is alone
                    }
                },
                0);
        node.add("tenant", iops(LIMIT), 0);
        return node;
    }

    @Test
    void savedLimitsDoNotUndoNewerOnes() {
        ClusterNode node = node();
        Group group = new Group();
        List<Runnable> written = new ArrayList<>();
        BrokeredGroup brokered =
                new BrokeredGroup(group, node, (name, limits, version, after) -> written.add(after), () -> {});
        node.told("tenant", GroupTerms.of(1, true, iops(600)));
        brokered.apply(0);
        node.told("tenant", GroupTerms.of(2, iops(900)));
        brokered.apply(0);
        // the configuration now has the saved limits
        group.limits = iops(600);
        written.forEach(Runnable::run);
        assertEquals(iops(900), group.limits());
        brokered.apply(0);
        assertEquals(900, node.share("tenant", 0).terms().rate().get(LimitKey.IOPS));
        // an operator may set the same limits afterwards
        group.limits = iops(600);
        brokered.readLimits();
        brokered.apply(0);
        assertEquals(600, node.share("tenant", 0).terms().rate().get(LimitKey.IOPS));
        assertEquals(1, written.size());
    }

    /** Two commands that save at once reach the hosts in any order. */
    @Test
    void earlierLimitsAreNotSavedAfterLaterOnes() {
        SavedLimits limits = new SavedLimits();
        Saved saved = new Saved("");
        limits.definitions(saved);
        assertEquals("", limits.save("tenant", Map.of("iops", 700L), 2));
        assertEquals("", limits.save("tenant", Map.of("iops", 600L), 1));
        assertEquals("", limits.save("other", Map.of("iops", 500L), 1));
        assertEquals(List.of("tenant 700", "other 500"), saved.changes);
    }

    @Test
    void limitsThatCouldNotBeSavedAreSavedLater() {
        SavedLimits limits = new SavedLimits();
        assertEquals("the configuration has not been read yet", limits.save("tenant", Map.of("iops", 700L), 2));
        Saved saved = new Saved("");
        limits.definitions(saved);
        assertEquals("", limits.save("tenant", Map.of("iops", 600L), 1));
        assertEquals(List.of("tenant 600"), saved.changes);
    }

    /** The file gets the saved limit, and the host keeps later ones of this and of other keys. */
    @Test
    void saveOfAnEarlierChangeKeepsLaterLimits() {
        ClusterNode node = node();
        Group group = new Group();
        BrokeredGroup brokered = new BrokeredGroup(group, node, (name, limits, version, after) -> {}, () -> {});
        ThrottleLimits later = ThrottleLimits.of(Map.of("iops", 900L, "bps", 5_000L));
        node.told("tenant", GroupTerms.of(2, later));
        brokered.apply(0);
        brokered.saving(iops(600));
        group.limits = ThrottleLimits.of(Map.of("iops", 600L, "bps", 5_000L));
        brokered.readLimits();
        assertEquals(later, group.limits());
        brokered.saved(iops(600));
        assertEquals(later, group.limits());
    }

    /** The answer to a command may come after a lease with the limits of a later one. */
    @Test
    void lateAnswerToAChangeIsNotTakenForALaterOne() {
        ClusterNode node = node();
        Group group = new Group();
        BrokeredGroup brokered = new BrokeredGroup(group, node, (name, limits, version, after) -> {}, () -> {});
        node.told("tenant", GroupTerms.of(2, iops(900)));
        brokered.apply(0);
        brokered.changed(GroupTerms.of(1, iops(600)), iops(600));
        brokered.readLimits();
        brokered.apply(0);
        assertEquals(iops(900), group.limits());
        assertEquals(2, node.share("tenant", 0).terms().version());
    }

    @Test
    void changeKeepsTheBurstThatItRemoved() {
        ClusterNode node = node();
        Group group = new Group();
        BrokeredGroup brokered = new BrokeredGroup(group, node, (name, limits, version, after) -> {}, () -> {});
        ThrottleLimits burst = ThrottleLimits.of(Map.of("iops", LIMIT, "iops_max", 9_000L, "bps", 5_000L));
        ThrottleLimits without = burst.changed(Map.of("iops", 0L), ThrottleLimits.NONE);
        brokered.changed(GroupTerms.of(2, without), without);
        brokered.apply(0);
        assertEquals(9_000, group.changed(Map.of("iops", LIMIT)).max(LimitKey.IOPS));
    }

    @Test
    void commandWhoseLimitsWereReplacedMeanwhileSaysSo() throws Exception {
        start();
        await("leases", this::areLeased);
        brokers.get(0).addDefinitions(new Saved(""));
        brokers.get(2).addDefinitions(new Saved(""));
        brokers.get(1).addDefinitions(new Saved("") {
            @Override
            public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
                if (!change.isDryRun()) {
                    brokers.get(2).limits("tenant", Map.of("iops", 900L));
                }
                return super.change(change);
            }
        });
        IllegalStateException replaced =
                assertThrows(IllegalStateException.class, () -> brokers.get(0).save("tenant", Map.of("iops", 600L)));
        assertEquals("a later change of group tenant has replaced this one: iops = 900", replaced.getMessage());
    }

    /** Otherwise the removed limit of the profile would be back and count as a change by the file. */
    @Test
    void limitsOfAProfileAreRemovedByZero() {
        Map<String, Object> settings = new HashMap<>();
        SavedLimits limits = new SavedLimits();
        limits.definitions(new Saved("") {
            @Override
            public Definition find(Definition.Kind kind, String name) {
                String hocon = name.equals("tenant") ? "profile = gold" : "scope = cluster";
                return new Definition(kind, name, hocon, "1", Definition.Origin.SAVED, "");
            }

            @Override
            public ChangeOutcome change(DefinitionChange change) throws RefusedChangeException {
                change.settings().forEach((key, value) -> settings.put(key, String.valueOf(value)));
                return super.change(change);
            }
        });
        assertEquals("", limits.save("tenant", Map.of("iops", 600L), 1));
        assertEquals("600", settings.get("limits.iops"));
        assertEquals("0", settings.get("limits.bps"));
        assertEquals("0", settings.get("limits.iops_max"));
        assertEquals("0", settings.get("limits.iops_size"));
        // a length of 0 is refused
        assertEquals("null", settings.get("limits.iops_max_length"));
        assertEquals("", limits.save("other", Map.of("iops", 600L), 1));
        assertEquals("null", settings.get("limits.bps"));
    }

    @Test
    void onlyTheLastDueLimitsAreSaved() {
        SavedLimits limits = new SavedLimits();
        List<String> after = new ArrayList<>();
        limits.later("tenant", Map.of("iops", 600L), 1, () -> after.add("600"));
        limits.saveDue();
        assertEquals(List.of(), after);
        limits.later("tenant", Map.of("iops", 700L), 2, () -> after.add("700"));
        assertEquals(List.of("600"), after);
        Saved saved = new Saved("");
        limits.definitions(saved);
        limits.saveDue();
        limits.saveDue();
        assertEquals(List.of("tenant 700"), saved.changes);
        assertEquals(List.of("600", "700"), after);
    }
}
