package dev.weir.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses the listen address of the metrics endpoint. */
final class MetricsReader {
    private static final String LISTEN = "listen";
    private static final String BEYOND_LOOPBACK = "beyond-loopback";

    /** Keys of the block {@code metrics}. */
    static final List<String> KEYS = List.of(LISTEN, BEYOND_LOOPBACK);

    private MetricsReader() {}

    /** Returns {@code tcp:host:port}. Returns null if metrics are disabled or the address has an error. */
    static @Nullable String read(Setting metrics) {
        metrics.refuseUnknown(KEYS, List.of());
        Setting listen = metrics.child(LISTEN);
        boolean meant = Boolean.TRUE.equals(Values.flag(metrics.child(BEYOND_LOOPBACK)));
        String address = NbdAddress.read(listen);
        if (address == null) {
            return null;
        }
        if (!address.startsWith("tcp:")) {
            listen.fault("must be tcp:HOST:PORT");
            return null;
        }
        if (!isLoopback(address) && !meant) {
            listen.fault("is reachable from other machines; set metrics.beyond-loopback = true to allow this");
            return null;
        }
        if (!isLoopback(address)) {
            listen.warn("any host that reaches this port can read names, limits and load of all drives");
        }
        return address;
    }

    static boolean isLoopback(String address) {
        String host = address.substring("tcp:".length(), address.lastIndexOf(':'));
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }
}
