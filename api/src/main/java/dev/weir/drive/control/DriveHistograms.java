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
     * A histogram with 16 buckets for each power of two, which are those of a native histogram of Prometheus with the
     * schema 4. Bucket {@code i} counts latencies above {@code 2^((i-1)/16)} s up to {@code 2^(i/16)} s. The counts are
     * exact. Bucket {@link #LOWEST} also counts all shorter latencies.
     *
     * @param sumNanos the sum of all latencies (ns)
     * @param counts the number of latencies by number of the bucket; no bucket is empty
     */
    public record Histogram(long sumNanos, NavigableMap<Integer, Long> counts) {

        /** The schema of the same native histogram: the binary logarithm of {@link #BUCKETS_PER_OCTAVE}. */
        public static final int SCHEMA = 4;

        /** The number of buckets for each power of two. */
        public static final int BUCKETS_PER_OCTAVE = 1 << SCHEMA;

        /** The bucket of the shortest latencies: up to 14 ns. */
        public static final int LOWEST = LatencyBuckets.LOWEST;

        /** The bucket of the longest latencies: 1.5 days. */
        public static final int HIGHEST = LatencyBuckets.HIGHEST;

        /** A histogram without latencies. */
        public static final Histogram NONE = new Histogram(0, new TreeMap<>());

        /**
         * Copies the counts.
         *
         * @param sumNanos the sum of all latencies (ns)
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
         * @param nanos the latency (ns); a longer one than those of {@link #HIGHEST} is in that bucket
         */
        public static int bucket(long nanos) {
            return LatencyBuckets.bucket(nanos);
        }

        /**
         * {@return the longest latency of a bucket (ns)}
         *
         * @param bucket its number, from {@link #LOWEST} to {@link #HIGHEST}
         */
        public static long longestNanos(int bucket) {
            return LatencyBuckets.longestNanos(bucket);
        }
    }
}
