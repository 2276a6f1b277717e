package dev.weir.nbd.connection;

import dev.weir.drive.Drive;
import dev.weir.memory.MemoryShares;

/**
 * What clients may take of the server.
 *
 * @param maxConnections how many connections there may be
 * @param handshakeMillis how long a client may take until it is in transmission
 * @param maxRequests how many requests of a connection may be in flight: received and not yet replied to
 * @param maxRequestBytes what they may carry, in bytes: payloads of writes, and what reads ask for
 * @param maxTotalBytes the memory of the requests of all connections, in bytes
 * @param stallMillis how long a client may take for a MiB of its replies, or of a payload, while others need the memory; and for the
 *     rest when its connection ends
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

    /** The limits where nothing else is configured. */
    public static final ClientQuotas DEFAULT =
            new ClientQuotas(DEFAULT_CONNECTIONS, 10_000, 1024, 2L * Drive.MAX_TRANSFER, DEFAULT_TOTAL_BYTES, 60_000);

    /** Returns limits that fit into the memory that this JVM has for requests; connections fit into that. */
    public ClientQuotas within(MemoryShares memory) {
        long total = Math.min(maxTotalBytes, memory.requestBytes());
        int connections = Math.min(maxConnections, Budget.maxConnections(total));
        return new ClientQuotas(connections, handshakeMillis, maxRequests, maxRequestBytes, total, stallMillis);
    }
}
