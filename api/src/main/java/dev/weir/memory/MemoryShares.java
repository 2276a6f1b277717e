package dev.weir.memory;

/**
 * The division of the JVM's direct memory. Bundles derive their bounds from it. The sum of the bounds therefore
 * holds. The backend {@code memory} uses the share of the drives. Other storage in memory has no share: it keeps its
 * data on the heap, or takes direct memory by {@link DirectMemory#allocate}, which fails when the share of others is
 * used up.
 *
 * @param driveBytes the share of all drives in memory
 * @param requestBytes the share of the requests of all clients
 * @param otherBytes the rest for the buffers of threads, the JDK and TLS
 */
public record MemoryShares(long driveBytes, long requestBytes, long otherBytes) {
    private static final long MIB = 1 << 20;

    /** The least share of requests if half of the memory is as much. Otherwise requests get a quarter. */
    private static final long MIN_REQUEST_BYTES = 64 * MIB;

    private static final long MAX_OTHER_BYTES = 16 * MIB;

    /** {@return the division of the memory of this JVM} */
    public static MemoryShares ofThisJvm() {
        return of(DirectMemory.maxBytes());
    }

    /**
     * {@return the division of a given amount of memory}
     *
     * @param maxDirectBytes the bound of the JVM's direct memory (bytes)
     */
    public static MemoryShares of(long maxDirectBytes) {
        long other = Math.min(maxDirectBytes / 8, MAX_OTHER_BYTES);
        long requests = Math.max(maxDirectBytes / 4, Math.min(maxDirectBytes / 2, MIN_REQUEST_BYTES));
        return new MemoryShares(maxDirectBytes - requests - other, requests, other);
    }
}
