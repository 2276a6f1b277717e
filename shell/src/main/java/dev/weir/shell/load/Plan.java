package dev.weir.shell.load;

/**
 * The parameters of a load.
 *
 * @param pattern the access pattern
 * @param blockBytes the length of each request (bytes)
 * @param depth the number of requests in flight
 * @param seconds the measured time (seconds)
 */
public record Plan(Pattern pattern, int blockBytes, int depth, int seconds) {
    /**
     * The warm-up before the measurement (nanoseconds). It excludes the initial allowance of the limits. See
     * docs/design/decisions/011.
     */
    static final long WARM_UP_NANOS = 500_000_000L;

    static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Returns the total time with the warm-up (nanoseconds). */
    long nanos() {
        return WARM_UP_NANOS + seconds * NANOS_PER_SECOND;
    }
}
