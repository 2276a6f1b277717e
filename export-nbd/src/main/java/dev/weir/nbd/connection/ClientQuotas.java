package dev.weir.nbd.connection;

import dev.weir.drive.Drive;

/**
 * What clients may take of the server.
 *
 * @param maxConnections how many connections there may be
 * @param handshakeMillis how long a client may take until it is in transmission
 * @param maxRequests how many requests of a connection may be in flight: received and not yet replied to
 * @param maxRequestBytes what they may carry, in bytes: payloads of writes, and what reads ask for
 * @param maxTotalBytes what the requests of all connections may carry, in bytes
 * @param stallMillis how long a client may leave its replies unread while others need the memory that they take
 */
public record ClientQuotas(
        int maxConnections,
        long handshakeMillis,
        int maxRequests,
        long maxRequestBytes,
        long maxTotalBytes,
        long stallMillis) {

    /** What holds where nothing else is configured. */
    public static final ClientQuotas DEFAULT =
            new ClientQuotas(4096, 10_000, 1024, 2L * Drive.MAX_TRANSFER, 256L << 20, 60_000);
}
