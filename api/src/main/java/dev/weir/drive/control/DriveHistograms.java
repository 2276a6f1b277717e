package dev.weir.drive.control;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Latencies of a drive's requests since it was opened, as histograms. {@link DriveLatencies} has their percentiles.
 *
 * @param held time in the queue of every request that was held
 * @param backend time at the backend; requests to a backend that does not block are sampled
 */
public record DriveHistograms(Histogram held, Histogram backend) {

    /**
     * A histogram with four buckets for each power of two, as a native histogram of Prometheus with the schema 2 has
     * them. Bucket {@code i} counts latencies above {@code 2^((i-1)/4)} ns up to {@code 2^(i/4)} ns. Buckets whose
     * number is a multiple of four are exact. The bounds of the others are within 6 %.
     *
     * @param sumNanos the sum of all latencies (ns); within 6 %
     * @param counts the number of latencies by number of the bucket; no bucket is empty
     */
    public record Histogram(long sumNanos, NavigableMap<Integer, Long> counts) {

        /** The number of buckets for each power of two. */
        public static final int BUCKETS_PER_OCTAVE = 4;

        /** A histogram without latencies. */
        public static final Histogram NONE = new Histogram(0, new TreeMap<>());

        /**
         * Copies the counts.
         *
         * @param sumNanos the sum of all latencies (ns); within 6 %
         * @param counts the number of latencies by number of the bucket; no bucket is empty
         */
        public Histogram {
            counts = Collections.unmodifiableNavigableMap(new TreeMap<>(counts));
        }

        /** {@return the number of latencies} */
        public long count() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }

        /**
         * {@return the number of the bucket of a latency}
         *
         * @param nanos the latency (ns); 1 or less is in bucket 0
         */
        public static int bucket(long nanos) {
            if (nanos <= 1) {
                return 0;
            }
            int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos - 1);
            int bucket = (int) Math.ceil(Math.log(nanos) / Math.log(2) * BUCKETS_PER_OCTAVE);
            // the logarithm is rounded, the octave is not
            return Math.max(octave * BUCKETS_PER_OCTAVE + 1, Math.min(bucket, (octave + 1) * BUCKETS_PER_OCTAVE));
        }
    }
}
