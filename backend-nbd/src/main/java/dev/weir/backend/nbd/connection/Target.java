package dev.weir.backend.nbd.connection;

import dev.weir.nbd.tls.TlsClientContext;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The destination of a connection.
 *
 * @param address the resolved address
 * @param export the name of the export
 * @param tls the keys of TLS; null for a plain connection
 * @param tlsHost the host that a certificate of the server must bear
 */
public record Target(SocketAddress address, String export, @Nullable TlsClientContext tls, String tlsHost) {}
