package dev.weir.cluster.broker;

import dev.weir.supervision.DaemonThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread to which the state of the broker is confined. Thread-safe. */
final class BrokerThread {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterBroker.class);
    private static final long ANSWER_SECONDS = 1;

    private final String cluster;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(DaemonThreads.named("weir-cluster"));

    BrokerThread(String cluster) {
        this.cluster = cluster;
    }

    /** Runs a step after those before it. Does nothing after {@link #stop}. */
    void run(Runnable step) {
        try {
            thread.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.trace("a step after the stop", e);
        }
    }

    /**
     * Runs a question after the steps before it and returns its answer.
     *
     * @throws IllegalArgumentException if the question throws it
     * @throws IllegalStateException if the question fails or has no answer within a second, or after {@link #stop}
     */
    <T> T ask(Callable<T> question) {
        try {
            Future<T> answer = thread.submit(question);
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw refusal;
            }
            throw new IllegalStateException("cluster " + cluster + " failed: " + e.getCause(), e);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("cluster " + cluster + " has been turned off", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("cluster " + cluster + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends after the steps before it. Waits for at most a second. */
    void stop() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("cluster {}: a step does not end", cluster);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
