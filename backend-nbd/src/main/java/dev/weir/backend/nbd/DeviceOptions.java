package dev.weir.backend.nbd;

import dev.weir.backend.nbd.connection.Target;
import dev.weir.block.BlockOption;
import dev.weir.block.BlockOption.Kind;
import dev.weir.nbd.tls.TlsClientContext;
import dev.weir.nbd.tls.TlsFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options of a device. Immutable.
 *
 * @param uri the address of the export
 * @param connections the number of connections if the server allows several, 1 to {@value #MAX_CONNECTIONS}
 * @param timeoutNanos how long requests wait for a server that gives no sign of life (ns); 0 for ever
 * @param tls the files of TLS
 * @param tlsHost the host that a certificate of the server must bear
 */
record DeviceOptions(NbdUri uri, int connections, long timeoutNanos, TlsFiles tls, String tlsHost) {
    private static final int MAX_CONNECTIONS = 16;
    private static final long DEFAULT_TIMEOUT = TimeUnit.SECONDS.toNanos(60);
    private static final String LOCALHOST = "localhost";

    private static final String URI = "uri";
    private static final String CONNECTIONS = "connections";
    private static final String TIMEOUT = "timeout";
    private static final String CA = "tls-ca";
    private static final String CERTIFICATE = "tls-certificate";
    private static final String KEY = "tls-key";
    private static final String PSK = "tls-psk";
    private static final String HOSTNAME = "tls-hostname";

    static final List<BlockOption> ALL = List.of(
            new BlockOption(URI, Kind.TEXT, true, "address of the export, for example nbd://host:10809/name"),
            new BlockOption(CONNECTIONS, Kind.COUNT, false, "number of connections, if the server allows several"),
            new BlockOption(TIMEOUT, Kind.DURATION, false, "how long requests wait for a silent server; 0 for ever"),
            new BlockOption(CA, Kind.PATH, false, "authorities of the server's certificate (PEM)"),
            new BlockOption(CERTIFICATE, Kind.PATH, false, "certificate of Weir (PEM)"),
            new BlockOption(KEY, Kind.PATH, false, "key of that certificate (PEM)"),
            new BlockOption(PSK, Kind.PATH, false, "file with a pre-shared key in place of certificates"),
            new BlockOption(
                    HOSTNAME, Kind.TEXT, false, "host in the server's certificate if it is not that of the uri"));

    /**
     * Checks the options. Reads no file and asks no server.
     *
     * @throws IOException if they do not go together; the message names the option, the value and the rule
     */
    static DeviceOptions of(Map<String, Object> values) throws IOException {
        NbdUri uri = NbdUri.parse(String.valueOf(values.get(URI)));
        long connections = number(values, CONNECTIONS, 1);
        if (connections < 1 || connections > MAX_CONNECTIONS) {
            throw new IOException(CONNECTIONS + " = " + connections + ": must be 1 to " + MAX_CONNECTIONS);
        }
        TlsFiles tls = new TlsFiles(path(values, CERTIFICATE), path(values, KEY), path(values, CA), path(values, PSK));
        for (String option : List.of(CA, CERTIFICATE, KEY, PSK, HOSTNAME)) {
            if (!uri.tls() && values.containsKey(option)) {
                throw new IOException(option + " = " + values.get(option) + ": needs a uri of nbds:// or nbds+unix://");
            }
        }
        Object host = values.getOrDefault(HOSTNAME, uri.host() == null ? LOCALHOST : uri.host());
        return new DeviceOptions(
                uri, (int) connections, number(values, TIMEOUT, DEFAULT_TIMEOUT), tls, String.valueOf(host));
    }

    private static long number(Map<String, Object> values, String name, long otherwise) {
        return values.get(name) instanceof Long value ? value : otherwise;
    }

    private static @Nullable Path path(Map<String, Object> values, String name) {
        return values.get(name) instanceof String value ? Path.of(value) : null;
    }

    /**
     * Reads the files of TLS. May block.
     *
     * @return the keys; null without TLS
     * @throws IOException if a file is unusable
     */
    @Nullable
    TlsClientContext keys() throws IOException {
        return uri.tls() ? TlsClientContext.read(tls, uri.user()) : null;
    }

    /**
     * Looks up the addresses of the server and reads the files of TLS. May block.
     *
     * @return the destinations in the order of preference, at least one
     * @throws IOException if the host is unknown or a file is unusable
     */
    List<Target> targets() throws IOException {
        TlsClientContext keys = keys();
        Path socket = uri.socket();
        if (socket != null) {
            return List.of(new Target(UnixDomainSocketAddress.of(socket), uri.export(), keys, tlsHost));
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(uri.host());
        } catch (UnknownHostException e) {
            throw new IOException("the host " + uri.host() + " is unknown", e);
        }
        return Stream.of(addresses)
                .map(each -> new Target(new InetSocketAddress(each, uri.port()), uri.export(), keys, tlsHost))
                .toList();
    }
}
