package dev.weir.engine.clock;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * The sleep of the timer thread. The kernel wakes a thread late, by 30 to 200 µs on an idle virtual machine. So the
 * sleep learns that delay, ends that much earlier and spins until the due time. {@link SystemClock} wakes it when an
 * earlier timer is set.
 *
 * <p>Spinning takes at most {@code 1 /} {@value #SPIN_SHARE} of the time. The sleep does not end early beyond that.
 *
 * <p>Confined to the timer thread, except {@link #wake}. See docs/design/decisions/057-punctual-timers.md.
 */
final class PunctualSleep {
    /** Longest time that a sleep ends early (ns). */
    static final long MAX_LEAD_NANOS = 200_000;

    /** The part of the time that may be spent spinning, as a divisor. */
    static final int SPIN_SHARE = 32;

    /** Most spinning that a quiet time saves up (ns). */
    static final long MAX_SAVED_NANOS = 2_000_000;

    /**
     * Change of the lead after one sleep (ns). The lead settles where four wake-ups of five come before the due time.
     */
    private static final long LONGER_NANOS = 2_000;

    private static final long SHORTER_NANOS = 500;

    private final LongSupplier time;
    private final LongConsumer park;

    private long leadNanos;

    /** Time that may be spent spinning (ns), as of {@link #savedAt}. */
    private long savedNanos = MAX_SAVED_NANOS;

    private long savedAt;
    private volatile boolean isWoken;

    /**
     * Creates a sleep of one thread.
     *
     * @param time the clock (ns)
     * @param park suspends the thread for at most that long (ns); a call of {@link #wake} must end it
     */
    PunctualSleep(LongSupplier time, LongConsumer park) {
        this.time = time;
        this.park = park;
        savedAt = time.getAsLong();
    }

    /**
     * Ends the spinning at once, or that of the next sleep. The caller must also unpark the thread. Thread-safe.
     */
    void wake() {
        isWoken = true;
    }

    /** Begins to notice calls of {@link #wake}. Call it before the due time is determined. */
    void prepare() {
        isWoken = false;
    }

    /**
     * Sleeps until the due time or a call of {@link #wake} since {@link #prepare}. The park may end early for no
     * reason, so the caller checks the time again.
     */
    void until(long due) {
        long now = time.getAsLong();
        long lead = lead(now);
        long end = due - lead;
        if (end - now > 0) {
            park.accept(end - now);
            now = time.getAsLong();
            learn(now - end);
        }
        if (due - now <= lead) {
            spin(now, due);
        }
    }

    /** Returns how much earlier the next sleep ends (ns). */
    private long lead(long now) {
        savedNanos = Math.min(MAX_SAVED_NANOS, savedNanos + (now - savedAt) / SPIN_SHARE);
        savedAt = now;
        return leadNanos <= savedNanos ? leadNanos : 0;
    }

    private void learn(long lateNanos) {
        if (lateNanos >= 0) { // otherwise wake() ended it
            leadNanos = lateNanos > leadNanos
                    ? Math.min(MAX_LEAD_NANOS, leadNanos + LONGER_NANOS)
                    : Math.max(0, leadNanos - SHORTER_NANOS);
        }
    }

    private void spin(long begin, long due) {
        long now = begin;
        while (due - now > 0 && !isWoken) {
            Thread.onSpinWait();
            now = time.getAsLong();
        }
        savedNanos -= now - begin;
    }
}
