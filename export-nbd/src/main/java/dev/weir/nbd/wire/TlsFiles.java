package dev.weir.nbd.wire;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files that TLS is set up with, all of them PEM but the last.
 *
 * @param certificate the server's certificate, and those of intermediate authorities behind it
 * @param key its private key
 * @param clientCa authorities; if given, a client must have a certificate from one of them, or a pre-shared key
 * @param psk pre-shared keys: a line {@code user:hexkey} for each, as GnuTLS's psktool writes them
 */
public record TlsFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path clientCa, @Nullable Path psk) {}
