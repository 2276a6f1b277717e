package dev.weir.engine.policy;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The warning that a slot holds its queue. It is written after a second, because the replacement of a bundle takes
 * less. Its end is then written at the same level. The watchdog's thread writes the warnings.
 *
 * <p>Thread-safe.
 */
final class HoldWarning {
    /** The number of the watchdog's looks after which a slot that still holds is named. */
    private static final int LOOKS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(PolicySlot.class);

    private static final Queue<HoldWarning> PENDING = new ConcurrentLinkedQueue<>();

    private final String owner;
    private final String reason;

    // guarded by this
    private int looks;
    private boolean isEnded;
    private boolean isWritten;

    private HoldWarning(String owner, String reason) {
        this.owner = owner;
        this.reason = reason;
    }

    /** Records that a slot begins to hold its queue. */
    static HoldWarning begin(String owner, String reason) {
        LOG.info("{} holds its queue: {}", owner, reason);
        HoldWarning warning = new HoldWarning(owner, reason);
        PENDING.add(warning);
        return warning;
    }

    /** Records that an error was written already for a slot that begins to hold its queue. */
    static HoldWarning written(String owner, String reason) {
        HoldWarning warning = new HoldWarning(owner, reason);
        warning.isWritten = true;
        return warning;
    }

    /** Ends a warning. Returns the level at which its end is to be written. */
    synchronized Level end() {
        isEnded = true;
        return isWritten ? Level.WARN : Level.INFO;
    }

    /** Writes the warnings that are due. */
    static void look() {
        PENDING.removeIf(HoldWarning::isDone);
    }

    private synchronized boolean isDone() {
        looks++;
        if (!isEnded && looks >= LOOKS) {
            LOG.warn("{} still holds its queue: {}", owner, reason);
            isWritten = true;
        }
        return isEnded || isWritten;
    }
}
