package dev.weir.nbd.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
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
public record TlsFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path authorities, @Nullable Path psk) {

    /** The password of {@link #keyStore}. */
    public static final String KEY_STORE_PASSWORD = CertifiedKey.STORE_PASSWORD;

    /**
     * Returns the certificate and its key for libraries that use the JDK's TLS.
     *
     * @throws TlsFileException if one of the files is unusable
     * @throws IOException if one of them is not given
     */
    public KeyStore keyStore() throws IOException {
        if (certificate == null || key == null) {
            throw new IOException("must have a certificate with its key");
        }
        CertifiedKey read = CertifiedKey.read(certificate, key);
        try {
            return read.store();
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(key, "the key cannot be used: " + e.getMessage(), e);
        }
    }
}
