package dev.weir.fault;

import java.util.List;

/**
 * The times at which a fault is active, relative to the moment at which it was set. Pure arithmetic.
 *
 * @param windows the windows in ascending order with gaps between them; empty if the fault is always active
 * @param periodNanos the period with which the windows repeat (ns), longer than the end of the last; 0 if they do not
 */
public record Activity(List<Window> windows, long periodNanos) {

    /** Always active. */
    public static final Activity ALWAYS = new Activity(List.of(), 0);

    /** The answer if a state never ends (ns). */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * Copies the list.
     *
     * @param windows the windows in ascending order
     * @param periodNanos the period (ns)
     */
    public Activity {
        windows = List.copyOf(windows);
    }

    /**
     * A time during which a fault is active.
     *
     * @param startNanos the beginning after the fault was set (ns)
     * @param lengthNanos the length (ns)
     */
    public record Window(long startNanos, long lengthNanos) {

        /** {@return the end after the fault was set (ns); excluded} */
        public long endNanos() {
            return startNanos + lengthNanos;
        }

        @Override
        public String toString() {
            return Units.time(startNanos) + "+" + Units.time(lengthNanos);
        }
    }

    /**
     * {@return whether the fault is active}
     *
     * @param ageNanos the time since the fault was set (ns)
     */
    public boolean isActive(long ageNanos) {
        long age = inPeriod(ageNanos);
        return windows.isEmpty() || windows.stream().anyMatch(w -> w.startNanos <= age && age < w.endNanos());
    }

    /**
     * {@return the time from the setting to the next beginning or end (ns); {@link #NEVER} if none follows}
     *
     * @param ageNanos the time since the fault was set (ns)
     */
    public long nextChange(long ageNanos) {
        long age = inPeriod(ageNanos);
        long base = ageNanos - age;
        for (Window window : windows) {
            if (age < window.startNanos) {
                return base + window.startNanos;
            }
            if (age < window.endNanos()) {
                return base + window.endNanos();
            }
        }
        return windows.isEmpty() || periodNanos == 0 ? NEVER : base + periodNanos + windows.get(0).startNanos;
    }

    /**
     * {@return whether no activity follows}
     *
     * @param ageNanos the time since the fault was set (ns)
     */
    public boolean isOver(long ageNanos) {
        return !isActive(ageNanos) && nextChange(ageNanos) == NEVER;
    }

    private long inPeriod(long ageNanos) {
        return periodNanos == 0 ? ageNanos : ageNanos % periodNanos;
    }
}
