package dev.weir.drive.control;

/**
 * How long the requests of a drive took since it was opened.
 *
 * @param held how long those waited in the queue that had to, each of them
 * @param backend how long they were with the backend; of requests that did not block there, one in a few is measured
 */
public record DriveLatencies(Percentiles held, Percentiles backend) {

    /**
     * How some measured times are spread. They are within 6 % of what was measured, and more than a day is shown
     * as a day.
     *
     * @param measured how many there are; if none, the others are 0
     * @param p50Nanos half of them were at most this long
     * @param p90Nanos 90 % of them were at most this long
     * @param p99Nanos 99 % of them were at most this long
     * @param p999Nanos 99.9 % of them were at most this long
     * @param maxNanos the longest
     */
    public record Percentiles(
            long measured, long p50Nanos, long p90Nanos, long p99Nanos, long p999Nanos, long maxNanos) {

        /** Nothing was measured. */
        public static final Percentiles NONE = new Percentiles(0, 0, 0, 0, 0, 0);
    }
}
