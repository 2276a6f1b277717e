package dev.weir.supervision;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls of services of other bundles on separate threads. A call that never returns then keeps one such thread
 * and none of the caller's, nor a lock of it. Java cannot end a thread that ignores interrupts.
 *
 * <p>Thread-safe. A call takes 5 to 15 µs more than a direct one.
 */
public final class BoundedCalls {

    /**
     * The parts of a timeout. After a suspension of the process only the first part is over at once, so the call has
     * the time of the others.
     */
    private static final int PARTS = 4;

    private static final Executor THREADS = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), DaemonThreads.named("weir-call"));

    /** The calls that were given up and have not returned since. */
    private static final List<Call<?>> LOST = new CopyOnWriteArrayList<>();

    private BoundedCalls() {}

    /**
     * A call of a service.
     *
     * @param <T> the type of the answer
     * @param <E> the exception that it may throw
     */
    @FunctionalInterface
    public interface Answer<T, E extends Exception> {

        /**
         * {@return the answer of the service}
         *
         * @throws E if the service fails
         */
        T get() throws E;
    }

    /** A call on its thread. */
    private static final class Call<T> implements Runnable {
        private final Object service;
        private final Answer<T, ?> body;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        /** The thread that runs it. Guarded by this. */
        private @Nullable Thread thread;

        Call(Object service, Answer<T, ?> body) {
            this.service = service;
            this.body = body;
        }

        @Override
        public void run() {
            begin(Thread.currentThread());
            try {
                answer.complete(body.get());
            } catch (Exception | Error e) {
                answer.completeExceptionally(e);
            } finally {
                end();
            }
        }

        private synchronized void begin(Thread runner) {
            thread = runner;
        }

        @SuppressWarnings("ResultOfMethodCallIgnored") // an interrupt was for the service alone
        private synchronized void end() {
            thread = null;
            Thread.interrupted();
            LOST.remove(this);
        }

        private synchronized void giveUp() {
            if (!answer.isDone()) {
                LOST.add(this);
                if (thread != null) {
                    thread.interrupt();
                }
            }
        }
    }

    /**
     * Calls a service and waits for its answer. The wait ignores interrupts of the caller and keeps them for later.
     *
     * @param <T> the type of the answer
     * @param <E> the exception of the call
     * @param service the called service. While a call of it that was given up runs, further calls fail at once.
     * @param millis the timeout (ms), at least 4
     * @param body the call
     * @return the answer
     * @throws E if the call throws it
     * @throws IllegalStateException if the service does not answer in time. The call is interrupted then.
     */
    @SuppressWarnings("unchecked") // a call throws E, a RuntimeException or an Error
    public static <T, E extends Exception> T call(Object service, long millis, Answer<T, E> body) throws E {
        for (Call<?> lost : LOST) {
            if (lost.service == service) {
                throw new IllegalStateException("an earlier call has not returned");
            }
        }
        Call<T> call = new Call<>(service, body);
        THREADS.execute(call);
        boolean interrupted = false;
        try {
            for (int parts = 0; parts < PARTS; ) {
                try {
                    return call.answer.get(millis / PARTS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    parts++;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (E) e.getCause();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        call.giveUp();
        throw new IllegalStateException("it has not answered within " + millis + " ms");
    }
}
