package dev.weir.view.text;

/** The bounds of the time that a drain lifts limits (s). All interfaces have the same ones. */
public final class DrainSeconds {
    /** Time of a drain without one of its own (s). */
    public static final long DEFAULT = 60;

    private static final long MOST = 3600;

    /** Rule that a refused value breaks. */
    public static final String RULE = "must be a whole number from 1 to " + MOST;

    private DrainSeconds() {}

    /** Returns whether a drain may last this long (s). */
    public static boolean isValid(long seconds) {
        return seconds >= 1 && seconds <= MOST;
    }
}
