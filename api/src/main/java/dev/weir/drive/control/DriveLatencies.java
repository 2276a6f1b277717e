package dev.weir.drive.control;

/**
 * Latencies of a drive's requests since it was opened.
 *
 * @param held time in the queue of every request that was held
 * @param backend time at the backend; requests to a backend that does not block are sampled
 */
public record DriveLatencies(Percentiles held, Percentiles backend) {

    /**
     * A latency distribution. Values are at most 5 % above the measured ones. More than a day is shown as a day.
     *
     * @param measured number of samples; without samples the other values are 0
     * @param p50Nanos median (ns)
     * @param p90Nanos 90th percentile (ns)
     * @param p99Nanos 99th percentile (ns)
     * @param p999Nanos 99.9th percentile (ns)
     * @param maxNanos maximum (ns)
     */
    public record Percentiles(
            long measured, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {

        /** A distribution without samples. */
        public static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0, 0);
    }
}
