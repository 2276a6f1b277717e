package dev.weir.engine.policy;

import dev.weir.log.RateLimitedLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs when a slot begins and ends to hold its queue.
 *
 * <p>Guarded by the lock of the slot.
 */
final class HoldLog {
    private static final Logger LOG = LoggerFactory.getLogger(PolicySlot.class);

    /** Shared by all drives because one broken policy fails for many of them at once. */
    private static final RateLimitedLog FAILURES = new RateLimitedLog("policies that failed", LOG::error);

    private final String owner;

    /** The warning that the slot holds its queue; null if it does not. */
    private @Nullable HoldWarning warning;

    /** Creates the log of a slot by its owner: {@code drive vm1} or {@code group tenant-a}. */
    HoldLog(String owner) {
        this.owner = owner;
    }

    /** The slot holds every request because its group or policy does not exist. */
    void absent(String reason) {
        LOG.warn("{} holds its queue: {}", owner, reason);
    }

    /**
     * The state of the slot may have changed.
     *
     * @param before why it held its queue; empty if it did not
     * @param reason why it holds its queue now; empty if it does not
     * @param policy the type of its policy
     */
    void changed(String before, String reason, String policy) {
        if (reason.equals(before)) {
            return;
        }
        if (reason.isEmpty()) {
            goesOn(policy);
        } else {
            holds(reason);
        }
    }

    /** The reason to hold the queue has changed. */
    private void holds(String reason) {
        end();
        warning = HoldWarning.begin(owner, reason);
    }

    /** The slot holds its queue no longer. */
    private void goesOn(String policy) {
        LOG.atLevel(end()).log("{} goes on with policy {}", owner, policy);
    }

    /** The slot holds its queue because its policy threw. */
    void failed(String reason, Throwable e) {
        FAILURES.write(() -> owner + " holds its queue: " + reason);
        warning = HoldWarning.written(owner, reason);
        LOG.debug("{} holds its queue", owner, e);
    }

    /** Ends a pending warning. Returns the level at which its end is to be written. */
    Level end() {
        Level level = warning == null ? Level.INFO : warning.end();
        warning = null;
        return level;
    }
}
