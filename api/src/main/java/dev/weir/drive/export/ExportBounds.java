package dev.weir.drive.export;

/**
 * Quotas of the clients of an export and their current use, which bound the queues of drives. At a quota the export
 * applies backpressure: it stops reading from the client's socket. It drops nothing.
 *
 * <p>Immutable.
 *
 * @param clients number of clients
 * @param maxClients quota of clients
 * @param maxRequests quota of requests in flight for one client: received and not yet replied to
 * @param maxRequestBytes quota of bytes that these carry
 * @param bytes bytes that the requests of all clients carry, each counted as at least {@code minRequestBytes}
 * @param maxBytes quota of {@code bytes}
 * @param minRequestBytes smallest count of a request in bytes, so that at most {@code maxBytes / minRequestBytes}
 *     requests are queued in all
 */
public record ExportBounds(
        int clients,
        int maxClients,
        int maxRequests,
        long maxRequestBytes,
        long bytes,
        long maxBytes,
        long minRequestBytes) {}
