package dev.weir.cluster.broker;

import dev.weir.cluster.ClusterSnapshot.Shares;
import dev.weir.cluster.HostDrives;
import dev.weir.cluster.look.DriveSummaries;
import dev.weir.cluster.look.Questions;
import dev.weir.cluster.look.SavedLimits;
import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.Question;
import dev.weir.cluster.message.Question.Subject;
import dev.weir.drive.definition.Definitions;
import dev.weir.supervision.DaemonThreads;
import dev.weir.supervision.Supervision;
import dev.weir.throttle.ThrottleLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches shares and drives from other hosts for operators, and answers the same questions. It sends nothing unless
 * asked. Answers are cached for 250 ms, so many operators cost no more than one. Thread-safe.
 */
final class Peers {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBroker.class);
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long SHARES_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long DRIVES_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long CHECK_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SAVE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_UNANSWERED = 100;

    private final String self;
    private final LongSupplier nanoTime;
    private final BiConsumer<String, Answer> reply;
    private final Questions questions;
    private final DriveSummaries drives;
    private final SavedLimits saved = new SavedLimits();
    private final Object sharesLock = new Object();
    private final Object drivesLock = new Object();

    /** Takes the snapshots of drives and saves limits, which takes a while. Has no thread while idle. */
    private final ExecutorService looker = new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_UNANSWERED),
            DaemonThreads.named("weir-cluster-look"),
            new ThreadPoolExecutor.DiscardPolicy());

    private String coordinator = "";
    private Map<String, Shares> shares = Map.of();
    private long sharesAt;
    private List<String> hosts = List.of();
    private List<HostDrives> all = List.of();
    private long drivesAt;

    /**
     * Creates an object with empty caches.
     *
     * @param nanoTime the clock (ns)
     * @param ask sends a question to a host; it may be lost
     * @param reply sends an answer to a host; it may be lost
     */
    Peers(String self, LongSupplier nanoTime, BiConsumer<String, Question> ask, BiConsumer<String, Answer> reply) {
        this.self = self;
        this.nanoTime = nanoTime;
        this.reply = reply;
        this.questions = new Questions(ask);
        this.drives = new DriveSummaries(self, nanoTime);
    }

    /** Returns the drives of this host. */
    DriveSummaries own() {
        return drives;
    }

    /** Saves limits by these definitions from now on; null for none. */
    void definitions(@Nullable Definitions definitions) {
        saved.definitions(definitions);
        if (definitions != null) {
            look(() -> {});
        }
    }

    /** Saves limits that this host has taken over from others; see {@link SavedLimits#later}. */
    void saveLater(String group, ThrottleLimits limits, Runnable after) {
        saved.later(group, limits.toMap(), after);
        look(() -> {});
    }

    /** Runs a task and then the due saves, which also follow the pending tasks if there are too many for this one. */
    private void look(Runnable task) {
        Runnable both = () -> {
            task.run();
            saved.saveDue();
        };
        looker.execute(Supervision.task("weir-cluster-look", both, LOG::error));
    }

    /** Returns the shares of all hosts by group from the coordinator {@code of}; empty without an answer. */
    Map<String, Shares> shares(String of) {
        synchronized (sharesLock) {
            if (!of.equals(coordinator) || nanoTime.getAsLong() - sharesAt >= FRESH_NANOS) {
                Answer answer = questions
                        .ask(List.of(of), Subject.SHARES, SHARES_PATIENCE_NANOS)
                        .get(of);
                coordinator = of;
                shares = answer == null ? Map.of() : answer.shares();
                sharesAt = nanoTime.getAsLong();
            }
            return shares;
        }
    }

    /**
     * Returns the drives of hosts.
     *
     * @param of the hosts, this one included
     */
    List<HostDrives> drives(List<String> of) {
        synchronized (drivesLock) {
            if (!of.equals(hosts) || nanoTime.getAsLong() - drivesAt >= FRESH_NANOS) {
                HostDrives own = drives.now();
                List<String> others =
                        of.stream().filter(host -> !host.equals(own.host())).toList();
                Map<String, Answer> answers = questions.ask(others, Subject.DRIVES, DRIVES_PATIENCE_NANOS);
                all = of.stream()
                        .map(host -> host.equals(own.host()) ? own : answered(host, answers.get(host)))
                        .toList();
                hosts = of;
                drivesAt = nanoTime.getAsLong();
            }
            return all;
        }
    }

    private static HostDrives answered(String host, @Nullable Answer answer) {
        return answer == null || !answer.drives().hasAnswered() ? HostDrives.silent(host) : answer.drives();
    }

    /**
     * Changes the limits of a group on hosts and lets each save them, if all can.
     *
     * @param of the hosts, this one included
     * @param change changes the limits on all hosts
     * @return the hosts
     * @throws IllegalArgumentException if a host cannot save them; nothing has changed then
     * @throws IllegalStateException if a host has not saved them in spite of its answer
     */
    List<String> save(List<String> of, String group, Map<String, Long> limits, Runnable change) {
        check(of, group, limits);
        change.run();
        String failures = refusals(of, Subject.SAVE, group, limits, SAVE_PATIENCE_NANOS);
        if (!failures.isEmpty()) {
            throw new IllegalStateException("the limits have changed, but not all hosts have saved them: " + failures);
        }
        return of;
    }

    /**
     * Asks hosts whether they can save the limits of a group.
     *
     * @param of the hosts, this one included
     * @return the hosts
     * @throws IllegalArgumentException if a host cannot save them
     */
    List<String> check(List<String> of, String group, Map<String, Long> limits) {
        String refusals = refusals(of, Subject.CHECK, group, limits, CHECK_PATIENCE_NANOS);
        if (!refusals.isEmpty()) {
            throw new IllegalArgumentException(refusals);
        }
        return of;
    }

    /** Returns the refusals and the hosts without an answer, a line for each; empty for none. */
    private String refusals(List<String> of, Subject subject, String group, Map<String, Long> limits, long patience) {
        List<String> others = of.stream().filter(host -> !host.equals(self)).toList();
        Map<String, Answer> answers = questions.ask(others, id -> new Question(id, subject, group, limits), patience);
        Map<String, String> refusals = new LinkedHashMap<>();
        refusals.put(self, saved.save(group, limits, subject == Subject.CHECK));
        for (String host : others) {
            Answer answer = answers.get(host);
            refusals.put(host, answer == null ? "does not answer" : answer.refusal());
        }
        return refusals.entrySet().stream()
                .filter(refusal -> !refusal.getValue().isEmpty())
                .map(refusal -> refusal.getKey() + ": " + refusal.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** Takes an answer. */
    void answered(Answer answer) {
        questions.answered(answer);
    }

    /**
     * Answers a question.
     *
     * @param known gives the shares of all hosts by group; empty if this host is not the coordinator
     */
    void answer(String from, Question question, Supplier<Map<String, Shares>> known) {
        if (question.subject() == Subject.SHARES) {
            reply.accept(from, Answer.of(question.id(), known.get()));
        } else {
            look(() -> reply.accept(from, slowAnswer(question)));
        }
    }

    private Answer slowAnswer(Question question) {
        boolean isCheck = question.subject() == Subject.CHECK;
        return question.subject() == Subject.DRIVES
                ? Answer.of(question.id(), drives.now())
                : Answer.of(question.id(), saved.save(question.group(), question.limits(), isCheck));
    }

    /** Stops answering. */
    void close() {
        looker.shutdownNow();
    }
}
