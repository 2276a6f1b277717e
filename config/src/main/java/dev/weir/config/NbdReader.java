package dev.weir.config;

import dev.weir.memory.MemoryShares;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parses the quotas, timeouts and default export of the NBD server into its configuration properties. Unset keys are
 * left to the server's defaults.
 */
final class NbdReader {
    /** Keys of the block {@code nbd} that this class parses. */
    static final List<String> KEYS = List.of(
            "max-connections",
            "handshake-timeout",
            "max-requests",
            "max-request-bytes",
            "max-total-bytes",
            "stall-timeout",
            "busy-poll",
            "default-export",
            "socket-mode",
            "socket-group");

    /** Lowest byte quota of a connection: one request of the greatest length must fit. */
    private static final long MIN_BYTES = 32L << 20;

    /** Lowest byte quota of the server: requests of the greatest length must fit among many small ones. */
    private static final long MIN_TOTAL_BYTES = 64L << 20;

    private static final long MAX_BYTES = 1L << 40;

    /** Default byte quota of the server. */
    private static final long DEFAULT_TOTAL_BYTES = 256L << 20;

    /** Server quota per connection: a quarter of the quota is for connections (8 KiB each). */
    private static final long TOTAL_BYTES_PER_CONNECTION = 32 << 10;

    private final Setting nbd;
    private final Map<String, Object> properties = new TreeMap<>();

    private NbdReader(Setting nbd) {
        this.nbd = nbd;
    }

    static Map<String, Object> read(Setting nbd) {
        return new NbdReader(nbd).read();
    }

    private Map<String, Object> read() {
        put("max-connections", Quantity.count(nbd.child("max-connections")), 1, 1_000_000, "");
        put("handshake-timeout", Quantity.seconds(nbd.child("handshake-timeout")), 1, 3600, " s");
        put("max-requests", Quantity.count(nbd.child("max-requests")), 1, 65_536, "");
        put("max-request-bytes", Quantity.bytes(nbd.child("max-request-bytes")), MIN_BYTES, MAX_BYTES, " bytes");
        put("max-total-bytes", Quantity.bytes(nbd.child("max-total-bytes")), MIN_TOTAL_BYTES, MAX_BYTES, " bytes");
        put("busy-poll", Quantity.nanos(nbd.child("busy-poll")), 0, 1_000_000, " ns");
        put("stall-timeout", Quantity.seconds(nbd.child("stall-timeout")), 1, 86_400, " s");
        checkMemory(MemoryShares.ofThisJvm().requestBytes());
        properties.putAll(SocketAccessReader.read(nbd));
        String export = Values.word(nbd.child("default-export"));
        if (export != null) {
            properties.put("default.export", export);
        }
        return properties;
    }

    private void put(String key, @Nullable Long value, long min, long max, String unit) {
        if (value == null) {
            return;
        }
        if (value < min || value > max) {
            nbd.child(key).fault("must be from " + min + " to " + max + unit);
        }
        properties.put(key.replace('-', '.'), value);
    }

    /** Reports quotas that exceed each other or the direct memory of this JVM. */
    private void checkMemory(long requestBytes) {
        long total = DEFAULT_TOTAL_BYTES;
        if (properties.get("max.total.bytes") instanceof Long given) {
            total = given;
            if (given > requestBytes) {
                nbd.child("max-total-bytes")
                        .fault("must be at most " + requestBytes
                                + " bytes, the share of requests in the direct memory of this JVM;"
                                + " -XX:MaxDirectMemorySize in WEIR_JAVA_OPTS raises it");
            }
        }
        long most = Math.min(total, requestBytes) / TOTAL_BYTES_PER_CONNECTION;
        if (properties.get("max.connections") instanceof Long connections && connections > most) {
            nbd.child("max-connections")
                    .fault("must be at most " + most + ", because each connection takes 32 KiB of nbd.max-total-bytes");
        }
    }

    /** Reports a default export that names no drive. */
    static void checkExport(Setting nbd, Collection<String> drives) {
        Setting export = nbd.child("default-export");
        String name = export.text();
        if (name != null && !name.isBlank() && !drives.contains(name)) {
            export.fault("is not a drive" + Suggestion.of(name, drives));
        }
    }
}
