package dev.weir.drive.settings;

/**
 * How requests that move no data are charged.
 *
 * @param discardsByLength whether discards are charged by length (trims, and write-zeroes without a write of data);
 *     otherwise each counts as one request and no bytes
 * @param flushesPerSecond the cap on flushes (1/s); 0 means no cap
 */
public record Charging(boolean discardsByLength, long flushesPerSecond) {

    /** Discards count as one request each; flushes are free. */
    public static final Charging DEFAULT = new Charging(false, 0);
}
