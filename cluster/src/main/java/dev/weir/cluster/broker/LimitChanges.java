package dev.weir.cluster.broker;

import dev.weir.clock.Clock;
import dev.weir.cluster.lease.ClusterNode;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.GroupTerms;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Question.Subject;
import dev.weir.throttle.ThrottleLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes limits on all hosts. A change carries only its keys. The coordinator applies one change after another to its
 * own limits, so no change undoes another key. Blocks its callers; the state is confined to the thread of the broker.
 */
final class LimitChanges {
    /** The pauses of a command without a coordinator: an election and the leases of an earlier one, and some more. */
    static final int ATTEMPTS = 60;

    private static final long PAUSE_MILLIS = 250;

    /** The pauses in the time that a command waits for an answer. */
    private static final int ATTEMPTS_OF_AN_ANSWER = 20;

    /** The longest wait of a change until enough hosts have it. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String self;
    private final Clock clock;
    private final ClusterNode node;
    private final Map<String, BrokeredGroup> groups;
    private final Peers peers;
    private final Steps steps;

    /** The changes that too few hosts have yet. */
    private final List<Pending> pending = new ArrayList<>();

    /** Runs steps on the thread of the broker, and lets commands wait. */
    interface Steps {

        /** Runs a step and then the due steps. */
        void run(Runnable step);

        /** Runs a question and then the due steps; see {@link BrokerThread#ask}. */
        <T> T ask(Callable<T> question);

        /** Returns how long a command waits for an answer (ns). */
        default long patienceNanos() {
            return PATIENCE_NANOS;
        }

        /** Waits between two attempts. */
        default void pause() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** A change as a host sees it: the values that differ, and the limits after it. */
    private record Wanted(Map<String, Long> changes, ThrottleLimits after) {}

    /** A change that the coordinator has made and not answered yet. */
    private record Pending(Question question, GroupTerms terms, long end, Consumer<Answer> reply) {}

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
        boolean isAsked = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Wanted wanted = steps.ask(() -> wanted(group, changes));
            String coordinator = steps.ask(this::coordinator);
            Answer answer = coordinator == null ? null : ask(coordinator, subject, group, wanted.changes);
            GroupTerms terms = answer == null ? null : answer.terms();
            if (terms != null) {
                return steps.ask(() -> takenOver(group, terms, wanted.after));
            }
            if (answer != null && !answer.refusal().isEmpty()) {
                throw isAsked ? unconfirmed(group, answer.refusal()) : new IllegalArgumentException(answer.refusal());
            }
            if (coordinator != null && answer == null) {
                if (coordinator.equals(steps.ask(this::coordinator))) {
                    throw unconfirmed(group, "coordinator " + coordinator + " has not confirmed the change");
                }
                // it is gone; the next one may know the change or not, and making it again does no harm
                isAsked = true;
                attempt += ATTEMPTS_OF_AN_ANSWER;
            }
            pause();
        }
        if (isAsked) {
            throw unconfirmed(group, "the coordinator has not confirmed the change, and no other one has a majority");
        }
        throw new IllegalStateException("no coordinator has a majority of the hosts, so nothing has changed; \"group "
                + group + " KEY=VALUE\" changes this host alone");
    }

    private static IllegalStateException unconfirmed(String group, String reason) {
        return new IllegalStateException(reason + "; the limits of group " + group + " may have changed");
    }

    /** Returns the established coordinator; null if this host knows of none that it can reach. */
    private @Nullable String coordinator() {
        String followed = node.isEstablished() ? node.followed() : null;
        return followed != null && node.view().contains(followed) ? followed : null;
    }

    private void pause() {
        try {
            steps.pause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; nothing has changed", e);
        }
    }

    private @Nullable Answer ask(String coordinator, Subject subject, String group, Map<String, Long> changes) {
        if (!coordinator.equals(self)) {
            return peers.change(coordinator, subject, group, changes, steps.patienceNanos());
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        steps.run(() -> answer(new Question(0, subject, group, changes, 0), answer::complete));
        try {
            return answer.get(steps.patienceNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; the limits of group " + group + " may have changed", e);
        }
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
        BrokeredGroup brokered = brokered(group);
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

    /**
     * Returns the changed keys that have other values now; empty for none. Without a coordinator the values of this
     * host count.
     */
    private String replaced(String group, Map<String, Long> changes, ThrottleLimits saved) {
        String coordinator = steps.ask(this::coordinator);
        Answer answer = coordinator == null ? null : ask(coordinator, Subject.CHANGE, group, Map.of());
        GroupTerms terms = answer == null ? null : answer.terms();
        Map<String, Long> then = saved.toMap();
        Map<String, Long> now = (terms == null ? steps.ask(() -> limits(group)) : terms.limits()).toMap();
        return ThrottleLimits.keys().stream()
                .filter(key -> changes.containsKey(key) && !Objects.equals(then.get(key), now.get(key)))
                .map(key -> key + " = " + now.getOrDefault(key, 0L))
                .collect(Collectors.joining(", "));
    }

    private ThrottleLimits limits(String group) {
        return brokered(group).group().limits();
    }

    private BrokeredGroup brokered(String group) {
        BrokeredGroup brokered = groups.get(group);
        if (brokered == null) {
            throw new IllegalArgumentException("group " + group + " is not a group of the cluster");
        }
        return brokered;
    }

    /**
     * Answers the question of a host for a change once enough hosts have it, so that a later coordinator knows it. A
     * coordinator that was cut off could otherwise confirm a change that others undo. Without new values the answer has
     * the last limits that enough hosts have. Call it on the thread of the broker.
     *
     * @param reply sends the answer. It is not called if too few hosts have the change within {@link #PATIENCE_NANOS}
     */
    void answer(Question question, Consumer<Answer> reply) {
        boolean isSaved = question.subject() == Subject.CHANGE_AND_SAVE;
        long millis = System.currentTimeMillis();
        long now = clock.nanoTime();
        try {
            GroupTerms terms = node.change(question.group(), question.limits(), isSaved, millis, now);
            if (terms == null || question.limits().isEmpty()) {
                reply.accept(Answer.of(question.id(), terms));
            } else {
                pending.add(new Pending(question, terms, now + PATIENCE_NANOS, reply));
            }
        } catch (IllegalArgumentException e) {
            reply.accept(Answer.of(question.id(), String.valueOf(e.getMessage())));
        }
    }

    /** Answers the changes that enough hosts have now. Call it after each step on the thread of the broker. */
    void advance(long now) {
        pending.removeIf(change -> {
            GroupTerms kept = node.change(change.question.group(), Map.of(), false, 0, now);
            boolean isKept = kept != null && kept.version() >= change.terms.version();
            if (isKept) {
                change.reply.accept(Answer.of(change.question.id(), change.terms));
            }
            return isKept || now - change.end >= 0;
        });
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
