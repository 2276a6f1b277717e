package dev.weir.control.server;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A listen address and its rules.
 *
 * @param address {@code unix:/path} or {@code tcp:host:port}
 * @param secure whether clients use TLS
 * @param port its TCP port; 0 for a Unix socket
 * @param hosts the permitted values of the header {@code Host} in lower case; empty for a Unix socket because browsers
 *     cannot reach it
 * @param cookie the name of the console's cookie. It contains the port because all ports of a host share cookies.
 */
record Door(String address, boolean secure, int port, Set<String> hosts, String cookie) {
    private static final String UNIX = "unix:";
    private static final String TCP = "tcp:";
    private static final String COOKIE = "weir-session-";

    /**
     * Returns the rules of an address.
     *
     * @param port the port that it listens on
     * @param names further names of this host
     */
    static Door of(String address, boolean secure, int port, Set<String> names) {
        if (address.startsWith(UNIX)) {
            return new Door(address, false, 0, Set.of(), COOKIE);
        }
        String host = host(address);
        Stream<String> loopback = Stream.of("localhost", "127.0.0.1", "[::1]");
        Set<String> hosts = Stream.concat(Stream.concat(Stream.of(host), names.stream()), loopback)
                .map(name -> name.toLowerCase(Locale.ROOT) + ":" + port)
                .collect(Collectors.toSet());
        return new Door(address, secure, port, hosts, COOKIE + port);
    }

    /** Returns the host of a TCP address; an IPv6 address stays in brackets. */
    static String host(String address) {
        return address.substring(TCP.length(), address.lastIndexOf(':'));
    }

    static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    boolean isLocal() {
        return address.startsWith(UNIX);
    }

    /** Returns whether a header {@code Host} names this server. */
    boolean isHost(@Nullable String host) {
        if (isLocal()) {
            return true;
        }
        if (host == null) {
            return false;
        }
        String given = host.toLowerCase(Locale.ROOT);
        return hosts.contains(given) || hosts.contains(given + (secure ? ":443" : ":80"));
    }

    /** Returns whether a header {@code Origin} names a page of this server. */
    boolean isOrigin(String origin) {
        String scheme = secure ? "https://" : "http://";
        return origin.startsWith(scheme) && !isLocal() && isHost(origin.substring(scheme.length()));
    }
}
