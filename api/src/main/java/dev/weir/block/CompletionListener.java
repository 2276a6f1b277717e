package dev.weir.block;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes the completion of a {@linkplain BlockRequest#watch watched} request. Only the drive has one; devices and
 * filters need none. Thread-safe.
 */
@ConsumerType
@FunctionalInterface
public interface CompletionListener {

    /**
     * Takes a completion. The request reaches its owner when the listener {@linkplain
     * BlockRequest#complete(BlockError, boolean) completes} it again. Must not block and must not throw.
     *
     * @param request the completed request; no longer watched
     * @param error the error; null on success
     * @param moreFollow as for {@link BlockRequest#complete(BlockError, boolean)}
     */
    void onCompletion(BlockRequest request, @Nullable BlockError error, boolean moreFollow);
}
