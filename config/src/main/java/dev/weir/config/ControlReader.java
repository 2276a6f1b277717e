package dev.weir.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Parses the block {@code control} into the properties of the HTTP API. */
final class ControlReader {
    private static final String LISTEN = "listen";
    private static final String HOSTS = "hosts";

    /** Keys of the block {@code control}. */
    static final List<String> KEYS = List.of(LISTEN, HOSTS, "socket-mode", "socket-group");

    private static final int LONGEST_SOCKET_PATH_BYTES = 90;
    private static final String HOST = "[A-Za-z0-9._-]{1,253}";

    private ControlReader() {}

    /**
     * Returns the properties; null if the API is off or its addresses have errors.
     *
     * @param nbd the properties of the NBD server, whose certificate and key the API uses
     * @param metrics the address of the metrics; null without them
     */
    static @Nullable Map<String, Object> read(Setting control, Map<String, Object> nbd, @Nullable String metrics) {
        control.refuseUnknown(KEYS, List.of());
        Setting listen = control.child(LISTEN);
        Map<String, Object> properties = new TreeMap<>(SocketAccessReader.read(control));
        properties.put(HOSTS, hosts(control.child(HOSTS)));
        boolean hasTls = nbd.containsKey("tls") && nbd.containsKey("tls.certificate");
        if (hasTls) {
            List.of("tls.certificate", "tls.key", "tls.stamp").forEach(key -> properties.put(key, nbd.get(key)));
        }
        List<String> addresses = new ArrayList<>();
        for (Setting written : listen.elements()) {
            String address = NbdAddress.read(written);
            if (address != null) {
                check(written, address, hasTls);
                if (addresses.contains(address)) {
                    written.fault("is listed twice");
                }
                addresses.add(address);
            }
        }
        if (addresses.isEmpty()) {
            return null;
        }
        properties.put(LISTEN, addresses.toArray(String[]::new));
        if (metrics != null) {
            properties.put("metrics", metrics);
        }
        return properties;
    }

    private static void check(Setting written, String address, boolean hasTls) {
        if (address.startsWith("tcp:")) {
            if (!MetricsReader.isLoopback(address) && !hasTls) {
                written.fault("is reachable from other machines; this needs TLS: set nbd.tls, nbd.tls-certificate and"
                        + " nbd.tls-key");
            }
        } else if (address.length() - "unix:".length() > LONGEST_SOCKET_PATH_BYTES) {
            written.fault("the path of a socket must be at most " + LONGEST_SOCKET_PATH_BYTES + " bytes");
        }
    }

    private static String[] hosts(Setting setting) {
        List<String> hosts = new ArrayList<>();
        for (Setting written : setting.elements()) {
            String host = Values.word(written);
            if (host != null && !host.matches(HOST)) {
                written.fault("must be the name of a host without a port");
            } else if (host != null) {
                hosts.add(host);
            }
        }
        return hosts.toArray(String[]::new);
    }
}
