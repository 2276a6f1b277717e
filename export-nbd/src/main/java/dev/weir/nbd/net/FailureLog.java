package dev.weir.nbd.net;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the failures of one event loop, and logs the first, second, fourth, … of them with their stacks. A client that finds a
 * way to make its handler fail can fill neither the log nor the memory. Never throws. For one loop's thread only.
 */
final class FailureLog {
    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private long count;

    /** Counts a failure of a handler or a task, which goes on or has been closed. */
    void note(Object what, Throwable failure) {
        count++;
        if (Long.bitCount(count) > 1) {
            return;
        }
        try {
            LOG.error("{} failed; that is failure {} of this thread", what, count, failure);
        } catch (RuntimeException | Error e) {
            count--; // no memory to say so: the next failure tries again
        }
    }

    long count() {
        return count;
    }
}
