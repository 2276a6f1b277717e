package dev.weir.drive.control;

import dev.weir.drive.control.DriveHistograms.Histogram;

/** Defines the buckets of the latency {@link Histogram} by their bounds. */
final class LatencyBuckets {

    /** The exponent of the upper bound of the first bucket: 2^-26 s are 14.9 ns. */
    private static final int LOWEST_EXPONENT = -26;

    /** The exponent of the upper bound of the last bucket: 2^17 s are a day and a half. */
    private static final int HIGHEST_EXPONENT = 17;

    static final int LOWEST = LOWEST_EXPONENT * Histogram.BUCKETS_PER_OCTAVE;

    static final int HIGHEST = HIGHEST_EXPONENT * Histogram.BUCKETS_PER_OCTAVE;

    private static final double NANOS = 1e9;

    /** The longest latency (ns) of each bucket. */
    private static final long[] LONGEST = new long[HIGHEST - LOWEST + 1];

    /** The number of bits below the highest one that choose an entry of {@link #FIRST}. */
    private static final int BITS = 5;

    /**
     * The place of the bucket of the shortest latency with the same leading bits. Its longest one is at most 1/32
     * longer, which is less than the width of a bucket, so that it is in the same bucket or in the next one.
     */
    private static final short[] FIRST = new short[Long.SIZE << BITS];

    static {
        for (int place = 0; place < LONGEST.length; place++) {
            double exponent = LOWEST_EXPONENT + (double) place / Histogram.BUCKETS_PER_OCTAVE;
            LONGEST[place] = (long) (NANOS * Math.pow(2, exponent));
        }
        int place = 0;
        for (int entry = 0; entry < FIRST.length; entry++) {
            int shift = (entry >> BITS) - 2 * BITS;
            long leading = (1L << BITS) + (entry & ((1 << BITS) - 1));
            long shortest =
                    shift < 0 ? leading >> -shift : shift < Long.SIZE - BITS - 1 ? leading << shift : Long.MAX_VALUE;
            while (place < LONGEST.length - 1 && LONGEST[place] < shortest) {
                place++;
            }
            FIRST[entry] = (short) place;
        }
    }

    private LatencyBuckets() {}

    static int bucket(long nanos) {
        if (nanos <= LONGEST[0]) {
            return LOWEST;
        }
        if (nanos >= LONGEST[LONGEST.length - 1]) {
            return HIGHEST;
        }
        long shifted = nanos << BITS;
        int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(shifted);
        int place = FIRST[(highest << BITS) + ((int) (shifted >> (highest - BITS)) & ((1 << BITS) - 1))];
        return LOWEST + (nanos > LONGEST[place] ? place + 1 : place);
    }

    static long longestNanos(int bucket) {
        return LONGEST[bucket - LOWEST];
    }
}
