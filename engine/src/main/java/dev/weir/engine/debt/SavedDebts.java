package dev.weir.engine.debt;

import dev.weir.clock.Clock;
import dev.weir.engine.policy.PolicySlot;
import dev.weir.engine.throttle.TreeNode;
import dev.weir.supervision.Supervision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves debts to disk, in a file of the home, and restores them after a restart. A separate thread saves them several
 * times a second while they change. A request costs nothing more: the thread sees from the slot whether something was
 * charged.
 *
 * <p>A killed process forgets the charges since the last save. The debt of a drive with a burst is therefore saved as
 * it can be at the next save. A save at an orderly stop is exact. See docs/design/decisions/049.
 *
 * <p>Thread-safe. The monitor guards the debts; another lock guards the file.
 */
public final class SavedDebts implements Debts {
    private static final Logger LOG = LoggerFactory.getLogger(SavedDebts.class);

    /** The shortest and the longest time between two saves. */
    private static final long SHORTEST_PAUSE_NANOS = 250_000_000;

    private static final long LONGEST_PAUSE_NANOS = 750_000_000;

    /** The pause as a multiple of the last save: two per cent of a processor at most. */
    private static final long PAUSES = 50;

    /** How late a save may be. */
    private static final long LATE_NANOS = 250_000_000;

    /** For how long the save after a restored debt waits for others (ms). */
    private static final long TOGETHER_MILLIS = 20;

    private final DebtFile file;
    private final Clock clock;
    private final InstantSource wallClock;
    private final Object fileLock = new Object();
    private final Map<String, SavedDebt> debts;
    private final Map<String, Watched> watched = new HashMap<>();

    /** A permit for each restored debt since the last save. */
    private final Semaphore restored = new Semaphore(0);

    private final Thread thread = Supervision.thread("weir-debts", this::turn, LOG::error);
    private boolean changed;

    /** Whether the last save failed. Guarded by the file's lock. */
    private boolean failing;

    /** The time until the next save (ns). */
    private volatile long pauseNanos = SHORTEST_PAUSE_NANOS;

    private volatile boolean closed;

    /** A drive or group whose debt is kept. */
    private static final class Watched {
        private final TreeNode node;

        /** The last change of its debt that was saved. */
        private long seen;

        /** Whether the saved debt is exact, and not as it can be at the next save. */
        private boolean isExact;

        Watched(TreeNode node) {
            this.node = node;
            // the first save counts it as changed: a restored burst may go on at once
            seen = node.own.debtChangedAt() - 1;
        }
    }

    /**
     * Reads the debts of the last process.
     *
     * @param home the folder of the file
     * @param clock the engine's clock
     * @param wallClock the clock that also counts between two processes
     */
    public SavedDebts(Path home, Clock clock, InstantSource wallClock) {
        this.file = new DebtFile(home);
        this.clock = clock;
        this.wallClock = wallClock;
        debts = new LinkedHashMap<>(file.read());
    }

    /** Starts the thread that saves. */
    public void start() {
        thread.start();
    }

    private long wall() {
        Instant now = wallClock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public synchronized void restore(TreeNode node) {
        SavedDebt saved = debts.get(node.own.owner());
        // the wall clock first: time between both readings counts as not passed
        long wall = wall();
        node.locked(at -> {
            if (saved != null && !saved.isPaid(wall)) {
                restore(node.own, saved, saved.elapsedNanos(wall));
            }
            watched.put(node.own.owner(), new Watched(node));
            return at;
        });
        if (saved != null) {
            restored.release();
        }
    }

    private void restore(PolicySlot slot, SavedDebt saved, long elapsedNanos) {
        slot.restore(saved.debt(), saved.limits(), saved.sizeBytes(), elapsedNanos, clock.nanoTime());
        LOG.info(
                "{} still owes {} ms of before the restart",
                slot.owner(),
                TimeUnit.NANOSECONDS.toMillis(saved.lengthNanos() - elapsedNanos));
    }

    @Override
    public synchronized void forget(TreeNode node) {
        watched.remove(node.own.owner());
        changed |= debts.remove(node.own.owner()) != null;
    }

    private boolean turn() {
        try {
            if (restored.tryAcquire(pauseNanos, TimeUnit.NANOSECONDS)) {
                // at once, or a process that is killed soon would forget its part of the burst; many drives together
                Thread.sleep(TOGETHER_MILLIS);
                restored.drainPermits();
            }
            save();
        } catch (InterruptedException e) {
            // close() interrupts
        }
        return !closed;
    }

    /** Saves the debts that have changed, as they can be at the next save. The thread does so by itself. */
    public void save() {
        long begin = clock.nanoTime();
        save(pauseNanos + LATE_NANOS);
        long wanted = PAUSES * (clock.nanoTime() - begin);
        pauseNanos = Math.max(SHORTEST_PAUSE_NANOS, Math.min(wanted, LONGEST_PAUSE_NANOS));
    }

    /**
     * Saves the debts that have changed.
     *
     * @param aheadNanos the time until the end of the next save; 0 for exact debts
     */
    private void save(long aheadNanos) {
        synchronized (fileLock) {
            List<SavedDebt> all = changes(aheadNanos);
            if (all != null) {
                write(all);
            }
        }
    }

    /** Returns all debts; null if none has changed. */
    private synchronized @Nullable List<SavedDebt> changes(long aheadNanos) {
        watched.values().forEach(each -> look(each, aheadNanos));
        if (!changed) {
            return null;
        }
        changed = false;
        long wall = wall();
        debts.values().removeIf(debt -> debt.isPaid(wall));
        return new ArrayList<>(debts.values());
    }

    private void look(Watched each, long aheadNanos) {
        PolicySlot slot = each.node.own;
        SavedDebt debt = each.node.locked(at -> {
            long changedAt = slot.debtChangedAt();
            boolean isActive = changedAt != each.seen;
            if (!isActive && each.isExact) {
                return null;
            }
            each.seen = changedAt;
            each.isExact = !isActive || aheadNanos == 0;
            long now = clock.nanoTime();
            return SavedDebt.of(slot, wall(), each.isExact ? 0 : aheadNanos, now);
        });
        if (debt == null) {
            return;
        }
        if (debt.lengthNanos() >= SavedDebt.SHORTEST_NANOS) {
            debts.put(slot.owner(), debt);
            changed = true;
        } else {
            changed |= debts.remove(slot.owner()) != null;
        }
    }

    private void write(List<SavedDebt> all) {
        try {
            file.write(all);
            if (failing) {
                LOG.info("{}: debts are saved again", file);
            }
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                LOG.warn("{}: debts cannot be saved, so a restart would refill bursts: {}", file, e.toString());
            }
            failing = true;
            saveAgain();
        }
    }

    private synchronized void saveAgain() {
        changed = true;
    }

    /** Saves the exact debts and stops the thread. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        save(0);
    }
}
