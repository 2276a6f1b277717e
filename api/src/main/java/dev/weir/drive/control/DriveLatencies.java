package dev.weir.drive.control;

/**
 * Latencies of a drive's requests since it was opened.
 *
 * @param held time in the queue, of every request that was held
 * @param backend time at the backend; requests that do not block there are sampled
 */
public record DriveLatencies(Percentiles held, Percentiles backend) {

    /**
     * A latency distribution. Values are within 6 % of the measured ones; more than a day is shown as a day.
     *
     * @param measured number of samples; with 0 samples the other values are 0
     * @param p50Nanos median, in nanoseconds
     * @param p90Nanos 90th percentile, in nanoseconds
     * @param p99Nanos 99th percentile, in nanoseconds
     * @param p999Nanos 99.9th percentile, in nanoseconds
     * @param maxNanos maximum, in nanoseconds
     */
    public record Percentiles(
            long measured, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {

        /** A distribution without samples. */
        public static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0, 0);
    }
}
