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
import java.util.function.LongFunction;
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
    void saveLater(String group, ThrottleLimits limits, long version, Runnable after) {
        saved.later(group, limits.toMap(), version, after);
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

    /** Asks the coordinator for a change. Returns null without an answer in time. */
    @Nullable
    Answer change(String of, Subject subject, String group, Map<String, Long> changes, long patienceNanos) {
        LongFunction<Question> question = id -> new Question(id, subject, group, changes, 0);
        return questions.ask(List.of(of), question, patienceNanos).get(of);
    }

    /**
     * Asks hosts whether they can save limits of a group.
     *
     * @param of the hosts, this one included
     * @return the refusals and the hosts without an answer, a line for each; empty for none
     */
    String check(List<String> of, String group, Map<String, Long> limits) {
        return refusals(
                of,
                id -> new Question(id, Subject.CHECK, group, limits, 0),
                CHECK_PATIENCE_NANOS,
                () -> saved.check(group, limits));
    }

    /** Lets hosts save limits of a group. Parameters and result are those of {@link #check}. */
    String save(List<String> of, String group, Map<String, Long> limits, long version) {
        return refusals(
                of,
                id -> new Question(id, Subject.SAVE, group, limits, version),
                SAVE_PATIENCE_NANOS,
                () -> saved.save(group, limits, version));
    }

    private String refusals(List<String> of, LongFunction<Question> question, long patience, Supplier<String> own) {
        List<String> others = of.stream().filter(host -> !host.equals(self)).toList();
        Map<String, Answer> answers = questions.ask(others, question, patience);
        Map<String, String> refusals = new LinkedHashMap<>();
        refusals.put(self, own.get());
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
     * @param changes answers the questions for a change, and keeps the limits in force while others are saved
     */
    void answer(String from, Question question, Supplier<Map<String, Shares>> known, LimitChanges changes) {
        switch (question.subject()) {
            case SHARES -> reply.accept(from, Answer.of(question.id(), known.get()));
            case CHANGE, CHANGE_AND_SAVE -> changes.answer(question, answer -> reply.accept(from, answer));
            case DRIVES -> look(() -> reply.accept(from, Answer.of(question.id(), drives.now())));
            case CHECK -> look(() -> answer(from, question, saved.check(question.group(), question.limits())));
            case SAVE ->
                look(() -> answer(
                        from,
                        question,
                        changes.saved(
                                question.group(),
                                question.limits(),
                                () -> saved.save(question.group(), question.limits(), question.version()))));
        }
    }

    private void answer(String from, Question question, String refusal) {
        reply.accept(from, Answer.of(question.id(), refusal));
    }

    /** Stops answering. */
    void close() {
        looker.shutdownNow();
    }
}
