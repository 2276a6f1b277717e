package dev.weir.engine;

import dev.weir.engine.debt.SavedDebts;
import dev.weir.testkit.clock.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Weir processes one after another on one home. Each has a manual clock with another origin. The wall clock goes on
 * between them.
 */
final class Processes {
    private static final long SAVE_NANOS = 250_000_000;

    private final Path home;
    private long wallAtStart = TimeUnit.DAYS.toNanos(20_000);
    private long origin;
    private @Nullable EngineFixture running;
    private @Nullable SavedDebts debts;

    Processes(Path home) {
        this.home = home;
    }

    /** Starts a process without drives. Its debts are saved every 250 ms. */
    EngineFixture start(long seed) {
        ManualClock clock = ManualClock.seeded(seed);
        origin = clock.nanoTime();
        SavedDebts saved = new SavedDebts(home, clock, () -> Instant.ofEpochSecond(0, wall()));
        debts = saved;
        EngineFixture started = new EngineFixture(clock, Runnable::run, saved);
        running = started;
        return started;
    }

    /** Saves the debts now and every 250 ms from now on. */
    void keepSaving() {
        save();
        EngineFixture now = fixture();
        SavedDebts saved = debts;
        now.clock
                .timer(() -> {
                    if (saved == debts) {
                        keepSaving();
                    }
                })
                .arm(now.clock.nanoTime() + SAVE_NANOS);
    }

    void save() {
        if (debts != null) {
            debts.save();
        }
    }

    private EngineFixture fixture() {
        if (running == null) {
            throw new IllegalStateException("no process runs");
        }
        return running;
    }

    /** Returns the wall clock (ns since 1970). */
    long wall() {
        return running == null ? wallAtStart : wallAtStart + running.clock.nanoTime() - origin;
    }

    /** Ends the process as an orderly stop does. */
    void stop() {
        fixture().engine.close();
        kill();
    }

    /** Ends the process at once. */
    void kill() {
        wallAtStart = wall();
        running = null;
        debts = null;
    }

    /** Moves the wall clock while no process runs, perhaps back. */
    void pass(long nanos) {
        wallAtStart += nanos;
    }
}
