package dev.weir.backend.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of an export in the form of the NBD URI specification. Immutable.
 *
 * @param text the text of the configuration
 * @param tls whether the connection is encrypted
 * @param user the user of a pre-shared key; may be empty
 * @param host the host name or address, without brackets; null for a Unix socket
 * @param port the TCP port
 * @param socket the Unix socket; null for TCP
 * @param export the name of the export; empty for the server's default
 */
record NbdUri(
        String text, boolean tls, String user, @Nullable String host, int port, @Nullable Path socket, String export) {
    private static final int DEFAULT_PORT = 10809;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_EXPORT_BYTES = 4096;
    private static final int MAX_SOCKET_BYTES = 107;
    private static final String SOCKET = "socket=";

    /**
     * Parses a URI.
     *
     * @throws IOException if it is no NBD URI; the message names the value and the rule
     */
    static NbdUri parse(String text) throws IOException {
        URI uri;
        try {
            uri = new URI(text.replace("://?", ":///?")); // nbdkit leaves an empty path out
        } catch (URISyntaxException e) {
            throw fault(text, "must be a URI: " + e.getReason() + " at character " + (e.getIndex() + 1));
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "nbd", "nbds" -> tcp(text, uri, scheme.equals("nbds"));
            case "nbd+unix", "nbds+unix" -> unix(text, uri, scheme.equals("nbds+unix"));
            default -> throw fault(text, "must begin with nbd://, nbds://, nbd+unix:// or nbds+unix://");
        };
    }

    private static NbdUri tcp(String text, URI uri, boolean tls) throws IOException {
        String host = uri.getHost();
        if (host == null || host.isEmpty()) {
            throw fault(text, "must have a host: " + uri.getScheme() + "://HOST:PORT/NAME");
        }
        if (uri.getRawQuery() != null) {
            throw fault(text, "must have no parameters: TLS files are options of the backend");
        }
        int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
        if (port < 1 || port > MAX_PORT) {
            throw fault(text, "must have a port from 1 to " + MAX_PORT);
        }
        String address = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String user = uri.getUserInfo() == null ? "" : uri.getUserInfo();
        return new NbdUri(text, tls, user, address, port, null, export(text, uri));
    }

    private static NbdUri unix(String text, URI uri, boolean tls) throws IOException {
        String query = uri.getRawQuery();
        String authority = uri.getAuthority() == null ? "@" : uri.getAuthority();
        if (!authority.endsWith("@")) {
            throw fault(text, "must have no host: " + uri.getScheme() + ":///NAME?socket=PATH");
        }
        if (query == null || !query.startsWith(SOCKET) || query.indexOf('&') >= 0) {
            throw fault(
                    text, "must have the parameter socket and no other: " + uri.getScheme() + ":///NAME?socket=PATH");
        }
        Path socket;
        try {
            socket = Path.of(decoded(query.substring(SOCKET.length())));
        } catch (InvalidPathException e) {
            throw fault(text, "must have a socket that is a path: " + e.getReason());
        }
        if (!socket.isAbsolute()) {
            throw fault(text, "must have a socket with an absolute path");
        }
        if (socket.toString().getBytes(UTF_8).length > MAX_SOCKET_BYTES) {
            throw fault(text, "must have a socket whose path has at most " + MAX_SOCKET_BYTES + " bytes");
        }
        String user = authority.substring(0, authority.length() - 1);
        return new NbdUri(text, tls, user, null, 0, socket, export(text, uri));
    }

    /** Decodes percent signs. A plus sign is literal. */
    private static String decoded(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), UTF_8);
    }

    private static String export(String text, URI uri) throws IOException {
        String path = uri.getPath() == null ? "" : uri.getPath();
        String name = path.startsWith("/") ? path.substring(1) : path;
        if (name.getBytes(UTF_8).length > MAX_EXPORT_BYTES) {
            throw fault(text, "must name an export with at most " + MAX_EXPORT_BYTES + " bytes");
        }
        if (uri.getRawFragment() != null) {
            throw fault(text, "must have no fragment: write # as %23");
        }
        return name;
    }

    private static IOException fault(String text, String rule) {
        return new IOException("uri = " + text + ": " + rule);
    }

    @Override
    public String toString() {
        return text;
    }
}
