package dev.weir.nbd.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of the TLS configuration. All except {@code psk} are in PEM format.
 *
 * @param certificate the server's certificate followed by those of intermediate authorities
 * @param key the private key of the certificate
 * @param clientCa the authorities of client certificates. If given, a client needs a certificate from one of them or
 *     a pre-shared key.
 * @param psk pre-shared keys in the format of GnuTLS's psktool: one line {@code user:hexkey} per key
 */
public record TlsFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path clientCa, @Nullable Path psk) {}
