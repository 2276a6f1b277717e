package dev.weir.filter.faults.seed;

/**
 * Random numbers without state: the n-th number of a seed, in any order of calls. A {@link dev.weir.fault.Latency}
 * gives them its distribution. The increment and the mixing function are those of {@link java.util.SplittableRandom}.
 */
public final class Draws {
    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;
    private static final double UNIT = 0x1.0p-53;

    private Draws() {}

    /** Returns 64 random bits. */
    public static long bits(long seed, long number) {
        long z = seed + (number + 1) * GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return z ^ (z >>> 31);
    }

    /** Returns a uniform number between 0 and 1, both excluded. */
    public static double uniform(long seed, long number) {
        return ((bits(seed, number) >>> 11) + 0.5) * UNIT;
    }
}
