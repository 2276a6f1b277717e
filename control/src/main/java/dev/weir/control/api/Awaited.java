package dev.weir.control.api;

import dev.weir.control.route.Problem;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for changes that a drive makes asynchronously. */
final class Awaited {
    private Awaited() {}

    /**
     * Returns the result of a change.
     *
     * @param what the change, for the message
     * @param nanos the longest wait (ns)
     * @throws Problem if the change failed or takes longer; a longer one continues
     */
    static <T> T of(CompletionStage<T> change, String what, long nanos) {
        try {
            return change.toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Problem(422, what + ": " + cause.getMessage());
        } catch (TimeoutException e) {
            throw new Problem(503, what + " is not complete yet and goes on");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(503, what + " goes on; the server is stopping");
        }
    }
}
