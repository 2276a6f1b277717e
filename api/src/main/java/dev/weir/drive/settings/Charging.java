package dev.weir.drive.settings;

/**
 * The charge of requests that move no data: trims (discards), zeroing and flushes. The engine charges each request once
 * and whole, and never splits it. By count a trim of any length costs one request and no bytes. By length it costs all
 * its bytes at once, and the limits owe the excess. The NBD server itself splits a trim, write-zeroes or cache request
 * longer than {@link dev.weir.drive.Drive#MAX_TRANSFER}, and each part is a request.
 *
 * <p>Immutable.
 *
 * @param discardsByLength whether discards are charged by length (trims, and write-zeroes without a write of data);
 *     otherwise each counts as one request and no bytes
 * @param flushesPerSecond the cap on flushes (1/s); 0 means no cap
 */
public record Charging(boolean discardsByLength, long flushesPerSecond) {

    /** Discards count as one request each; flushes are free. */
    public static final Charging DEFAULT = new Charging(false, 0);
}
