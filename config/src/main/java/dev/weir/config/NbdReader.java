package dev.weir.config;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the NBD server lets its clients take, and which drive it offers them by default; as properties of its
 * configuration. What is not set is left to the server.
 */
final class NbdReader {
    /** The keys of the block that are read here. */
    static final List<String> KEYS = List.of(
            "max-connections",
            "handshake-timeout",
            "max-requests",
            "max-request-bytes",
            "max-total-bytes",
            "stall-timeout",
            "busy-poll",
            "default-export");

    /** A request of the longest length there is must have room. */
    private static final long MIN_BYTES = 32L << 20;

    /** The longest requests must have room among many small ones. */
    private static final long MIN_TOTAL_BYTES = 128L << 20;

    private static final long MAX_BYTES = 1L << 40;

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

    /** Reports a default export that is no drive. */
    static void checkExport(Setting nbd, Collection<String> drives) {
        Setting export = nbd.child("default-export");
        String name = export.text();
        if (name != null && !name.isBlank() && !drives.contains(name)) {
            export.fault("is not a drive" + Suggestion.of(name, drives));
        }
    }
}
