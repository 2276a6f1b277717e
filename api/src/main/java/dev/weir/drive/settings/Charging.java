package dev.weir.drive.settings;

/**
 * How requests of a drive that move no data are charged.
 *
 * @param discardsByLength whether a trim, and a write-zeroes that the backend does without writing data, are charged by
 *     length; otherwise they count as one request and no bytes
 * @param flushesPerSecond the flushes that may go in a second; 0 means no cap
 */
public record Charging(boolean discardsByLength, long flushesPerSecond) {

    /** Discards count as one request each; flushes are free. */
    public static final Charging DEFAULT = new Charging(false, 0);
}
