package dev.weir.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads where metrics can be scraped. */
final class MetricsReader {
    private static final String LISTEN = "listen";
    private static final String BEYOND_LOOPBACK = "beyond-loopback";

    /** The keys of the block. */
    static final List<String> KEYS = List.of(LISTEN, BEYOND_LOOPBACK);

    private MetricsReader() {}

    /** Returns {@code tcp:host:port}, or null if there is to be none, or if it is not as it should be. */
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
            listen.fault("lets in whoever reaches that port; metrics.beyond-loopback = true says that it is meant");
            return null;
        }
        if (!isLoopback(address)) {
            listen.warn("whoever reaches that port can read names, limits and load of all drives");
        }
        return address;
    }

    private static boolean isLoopback(String address) {
        String host = address.substring("tcp:".length(), address.lastIndexOf(':'));
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }
}
