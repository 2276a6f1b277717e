package dev.weir.cluster.look;

import dev.weir.cluster.message.Answer;
import dev.weir.cluster.message.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;

/** The questions to other hosts whose answers are pending. Thread-safe. */
public final class Questions {
    private final BiConsumer<String, Question> sender;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<Answer>> pending = new ConcurrentHashMap<>();

    /**
     * Creates an object without questions.
     *
     * @param sender sends a question to a host; it may be lost
     */
    public Questions(BiConsumer<String, Question> sender) {
        this.sender = sender;
    }

    /**
     * Asks hosts and returns their answers by host. Hosts that have not answered in time are missing.
     *
     * @param patienceNanos how long to wait for all of them (ns)
     */
    public Map<String, Answer> ask(List<String> hosts, Question.Subject subject, long patienceNanos) {
        return ask(hosts, id -> Question.of(id, subject), patienceNanos);
    }

    /**
     * Asks hosts and returns their answers by host. Hosts that have not answered in time are missing.
     *
     * @param question gives the question with an id
     * @param patienceNanos how long to wait for all of them (ns)
     */
    public Map<String, Answer> ask(List<String> hosts, LongFunction<Question> question, long patienceNanos) {
        Map<String, Long> asked = new LinkedHashMap<>();
        Map<String, CompletableFuture<Answer>> futures = new LinkedHashMap<>();
        for (String host : hosts) {
            long id = ids.incrementAndGet();
            CompletableFuture<Answer> future = new CompletableFuture<>();
            pending.put(id, future);
            asked.put(host, id);
            futures.put(host, future);
            sender.accept(host, question.apply(id));
        }
        try {
            CompletableFuture.allOf(futures.values().toArray(CompletableFuture[]::new))
                    .get(patienceNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // the answers received in time are the result
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            pending.keySet().removeAll(asked.values());
        }
        Map<String, Answer> answers = new LinkedHashMap<>();
        futures.forEach((host, future) -> {
            if (future.isDone()) {
                answers.put(host, future.join());
            }
        });
        return answers;
    }

    /** Takes an answer. An unexpected one is ignored. */
    public void answered(Answer answer) {
        CompletableFuture<Answer> future = pending.remove(answer.id());
        if (future != null) {
            future.complete(answer);
        }
    }
}
