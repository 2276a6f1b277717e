package dev.weir.cluster.broker;

import dev.weir.clock.Clock;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Question.Subject;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes limits on all hosts. A change carries only its keys. The coordinator applies one change after another to its
 * own limits, so no change undoes another key. Blocks its callers; the state is confined to the thread of the broker.
 */
final class LimitChanges {
    /** The time that a command waits for a coordinator: an election and the leases of an earlier one, and some more. */
    private static final int ATTEMPTS = 40;

    private static final long PAUSE_MILLIS = 250;

    private final String self;
    private final Clock clock;
    private final ClusterNode node;
    private final Map<String, BrokeredGroup> groups;
    private final Peers peers;
    private final Steps steps;

    /** Runs steps on the thread of the broker. */
    interface Steps {

        /** Runs a step and then the due steps. */
        void run(Runnable step);

        /** Runs a question and then the due steps; see {@link BrokerThread#ask}. */
        <T> T ask(Callable<T> question);
    }

    /** A change as a host sees it: the values that differ, and the limits after it. */
    private record Wanted(Map<String, Long> changes, ThrottleLimits after) {}

    /** Creates an object for the groups of a broker. */
    LimitChanges(
            String self, Clock clock, ClusterNode node, Map<String, BrokeredGroup> groups, Peers peers, Steps steps) {
        this.self = self;
        this.clock = clock;
        this.node = node;
        this.groups = groups;
        this.peers = peers;
        this.steps = steps;
    }

    /** Changes limits on all hosts; see {@link dev.weir.cluster.ClusterControl#limits}. */
    void change(String group, Map<String, Long> changes) {
        change(group, changes, Subject.CHANGE);
    }

    /** Changes and saves limits on all hosts; see {@link dev.weir.cluster.ClusterControl#save}. */
    List<String> save(String group, Map<String, Long> changes) {
        ThrottleLimits checked = steps.ask(() -> wanted(group, changes)).after;
        List<String> hosts = checked(group, checked);
        GroupTerms terms = change(group, changes, Subject.CHANGE_AND_SAVE);
        ThrottleLimits saved = terms.limits();
        Map<String, Long> values = saved.toMap();
        String failures = saved(group, values, () -> peers.save(hosts, group, values, terms.version()));
        if (!failures.isEmpty()) {
            throw new IllegalStateException("the limits have changed, but not all hosts have saved them: " + failures);
        }
        String replaced = replaced(group, changes, saved);
        if (!replaced.isEmpty()) {
            throw new IllegalStateException("a later change of group " + group + " has replaced this one: " + replaced);
        }
        return hosts;
    }

    /** Asks all hosts whether they can save limits; see {@link dev.weir.cluster.ClusterControl#check}. */
    List<String> check(String group, Map<String, Long> changes) {
        return checked(group, steps.ask(() -> wanted(group, changes)).after);
    }

    private List<String> checked(String group, ThrottleLimits limits) {
        List<String> hosts = steps.ask(node::view);
        String refusals = peers.check(hosts, group, limits.toMap());
        if (!refusals.isEmpty()) {
            throw new IllegalArgumentException(refusals);
        }
        return hosts;
    }

    private GroupTerms change(String group, Map<String, Long> changes, Subject subject) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Wanted wanted = steps.ask(() -> wanted(group, changes));
            String coordinator = steps.ask(() -> node.isEstablished() ? node.followed() : null);
            Answer answer = coordinator == null ? null : ask(coordinator, subject, group, wanted.changes);
            if (coordinator != null && answer == null) {
                throw new IllegalStateException("coordinator " + coordinator + " does not answer; the limits of group "
                        + group + " may have changed");
            }
            GroupTerms terms = answer == null ? null : answer.terms();
            if (terms != null) {
                return steps.ask(() -> takenOver(group, terms, wanted.after));
            }
            if (answer != null && !answer.refusal().isEmpty()) {
                throw new IllegalArgumentException(answer.refusal());
            }
            pause();
        }
        throw new IllegalStateException("no coordinator has a majority of the hosts, so nothing has changed; \"group "
                + group + " KEY=VALUE\" changes this host alone");
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; nothing has changed", e);
        }
    }

    private @Nullable Answer ask(String coordinator, Subject subject, String group, Map<String, Long> changes) {
        return coordinator.equals(self)
                ? steps.ask(() -> answer(new Question(0, subject, group, changes, 0)))
                : peers.change(coordinator, subject, group, changes);
    }

    private GroupTerms takenOver(String group, GroupTerms terms, ThrottleLimits wanted) {
        BrokeredGroup brokered = groups.get(group);
        try {
            if (brokered != null) {
                brokered.changed(terms, wanted);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("the limits have changed, but this host cannot take them over", e);
        }
        return terms;
    }

    private Wanted wanted(String group, Map<String, Long> changes) {
        BrokeredGroup brokered = groups.get(group);
        if (brokered == null) {
            throw new IllegalArgumentException("group " + group + " is not a group of the cluster");
        }
        ThrottleLimits after = brokered.group().changed(changes);
        Map<String, Long> before = brokered.group().limits().toMap();
        Map<String, Long> now = after.toMap();
        Map<String, Long> values = new LinkedHashMap<>();
        for (String key : ThrottleLimits.keys()) {
            if (changes.containsKey(key) || !Objects.equals(before.get(key), now.get(key))) {
                values.put(key, now.getOrDefault(key, 0L));
            }
        }
        return new Wanted(values, after);
    }

    /** Returns the changed keys whose values at the coordinator are others now; empty for none. */
    private String replaced(String group, Map<String, Long> changes, ThrottleLimits saved) {
        Map<String, Long> then = saved.toMap();
        // without new values the coordinator tells its limits
        Map<String, Long> now = change(group, Map.of(), Subject.CHANGE).limits().toMap();
        return ThrottleLimits.keys().stream()
                .filter(key -> changes.containsKey(key) && !Objects.equals(then.get(key), now.get(key)))
                .map(key -> key + " = " + now.getOrDefault(key, 0L))
                .collect(Collectors.joining(", "));
    }

    /** Answers the question of a host for a change. Call it on the thread of the broker. */
    Answer answer(Question question) {
        boolean isSaved = question.subject() == Subject.CHANGE_AND_SAVE;
        long millis = System.currentTimeMillis();
        try {
            GroupTerms terms = node.change(question.group(), question.limits(), isSaved, millis, clock.nanoTime());
            return Answer.of(question.id(), terms);
        } catch (IllegalArgumentException e) {
            return Answer.of(question.id(), String.valueOf(e.getMessage()));
        }
    }

    /**
     * Saves limits of a group on this host and keeps those in force, which may be newer. Blocks.
     *
     * @param save saves them
     * @return the result of {@code save}
     */
    String saved(String group, Map<String, Long> limits, Supplier<String> save) {
        if (!ThrottleLimits.faults(limits).isEmpty()) {
            return save.get();
        }
        ThrottleLimits written = ThrottleLimits.of(limits);
        BrokeredGroup brokered = steps.ask(() -> {
            BrokeredGroup found = groups.get(group);
            if (found != null) {
                found.saving(written);
            }
            return found;
        });
        try {
            return save.get();
        } finally {
            if (brokered != null) {
                steps.run(() -> brokered.saved(written));
            }
        }
    }
}
