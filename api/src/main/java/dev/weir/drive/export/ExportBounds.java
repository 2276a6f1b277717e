package dev.weir.drive.export;

/**
 * What the clients of an export may take together and what they have: this is what bounds the queues of drives. At a
 * bound a client is not read from until it has less; nothing is dropped.
 *
 * @param clients how many there are
 * @param maxClients how many there may be
 * @param maxRequests how many requests of one client may be in flight: received and not yet replied to
 * @param maxRequestBytes what these may carry, in bytes
 * @param bytes what the requests of all clients carry, in bytes, each counted as at least {@code minRequestBytes}
 * @param maxBytes what they may carry, in bytes
 * @param minRequestBytes what a request counts at least, in bytes, so that no more than {@code maxBytes / minRequestBytes}
 *     can be queued in all
 */
public record ExportBounds(
        int clients,
        int maxClients,
        int maxRequests,
        long maxRequestBytes,
        long bytes,
        long maxBytes,
        long minRequestBytes) {}
