package dev.weir.engine.storage;

import dev.weir.block.BlockError;
import dev.weir.block.BlockRequest;
import dev.weir.log.RateLimitedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes requests of clients. An exception of a client is logged so that other clients still get their completions.
 */
public final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    private static final RateLimitedLog UNTAKEN = new RateLimitedLog("clients that failed on a completion", LOG::error);

    private Completions() {}

    /** Completes a request after which none is about to follow. */
    public static void tell(String drive, BlockRequest request, @Nullable BlockError error) {
        tell(drive, request, error, false);
    }

    static void tell(String drive, BlockRequest request, @Nullable BlockError error, boolean moreFollow) {
        try {
            request.complete(error, moreFollow);
        } catch (RuntimeException | Error e) {
            UNTAKEN.write(
                    () -> "drive %s: client %s failed on its completion: %s".formatted(drive, request.client(), e));
            LOG.debug("drive {}: a client failed on a completion", drive, e);
        }
    }
}
