package dev.weir.nbd.net;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the failures of one event loop. It logs failure 1, 2, 4, 8 and so on with a stack trace. So a client that
 * makes its handler fail cannot flood the log. Never throws. Confined to the thread of the loop.
 */
final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private long count;

    /** Counts a failure of a handler or task. */
    void note(Object what, Throwable failure) {
        count++;
        if (Long.bitCount(count) > 1) {
            return;
        }
        try {
            LOG.error("{} failed (failure {} of this thread)", what, count, failure);
        } catch (RuntimeException | Error e) {
            count--; // no memory for the log: the next failure is logged instead
        }
    }

    long count() {
        return count;
    }
}
