package dev.weir.shell.load;

/**
 * What is to be done to a drive.
 *
 * @param pattern which requests, and where
 * @param blockBytes the length of each, in bytes
 * @param depth how many are outstanding at any time
 * @param seconds how long is measured
 */
public record Plan(Pattern pattern, int blockBytes, int depth, int seconds) {
    /** So long does it run before it is measured: then the limits have let go what they let go at once. */
    static final long WARM_UP_NANOS = 500_000_000L;

    static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Returns how long all of it takes. */
    long nanos() {
        return WARM_UP_NANOS + seconds * NANOS_PER_SECOND;
    }
}
