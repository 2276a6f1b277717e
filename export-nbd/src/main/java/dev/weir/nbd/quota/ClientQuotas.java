package dev.weir.nbd.quota;

import dev.weir.drive.Drive;
import dev.weir.memory.MemoryShares;

/**
 * Quotas and timeouts of NBD clients.
 *
 * @param maxConnections the largest number of connections
 * @param handshakeMillis the timeout of a handshake
 * @param maxRequests the quota of requests in flight per connection: received and not yet replied to
 * @param maxRequestBytes the quota of their data per connection (bytes): payloads of writes and the lengths of reads
 * @param maxTotalBytes the memory for the requests of all connections (bytes)
 * @param stallMillis the stall timeout. A client must move 1 MiB of its replies or of a payload in this time while
 *     other requests wait for memory. A connection that ends is closed after this time.
 */
public record ClientQuotas(
        int maxConnections,
        long handshakeMillis,
        int maxRequests,
        long maxRequestBytes,
        long maxTotalBytes,
        long stallMillis) {

    private static final int DEFAULT_CONNECTIONS = 4096;
    private static final long DEFAULT_TOTAL_BYTES = 256L << 20;

    /** The defaults of all quotas. */
    public static final ClientQuotas DEFAULT =
            new ClientQuotas(DEFAULT_CONNECTIONS, 10_000, 1024, 2L * Drive.MAX_TRANSFER, DEFAULT_TOTAL_BYTES, 60_000);

    /**
     * Returns these quotas reduced to the memory that this JVM has for requests. The number of connections is reduced
     * to match it and to the limit of open files.
     */
    public ClientQuotas within(MemoryShares memory) {
        return within(memory, OpenFiles.maxConnections());
    }

    ClientQuotas within(MemoryShares memory, int files) {
        long total = Math.min(maxTotalBytes, memory.requestBytes());
        int connections = Math.min(Math.min(maxConnections, files), Budget.maxConnections(total));
        return new ClientQuotas(connections, handshakeMillis, maxRequests, maxRequestBytes, total, stallMillis);
    }
}
