package dev.weir.nbd.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of one side of TLS. All except {@code psk} are in PEM format.
 *
 * @param certificate the certificate of this side followed by those of intermediate authorities
 * @param key the private key of the certificate
 * @param authorities the authorities of the other side's certificates. If a server has them, a client needs a
 *     certificate from one of them or a pre-shared key. A client without them trusts the authorities of the JDK.
 * @param psk pre-shared keys in the format of GnuTLS's psktool: one line {@code user:hexkey} per key
 */
public record TlsFiles(
        @Nullable Path certificate, @Nullable Path key, @Nullable Path authorities, @Nullable Path psk) {}
