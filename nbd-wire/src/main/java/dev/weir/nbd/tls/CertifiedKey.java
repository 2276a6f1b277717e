package dev.weir.nbd.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/** A certificate chain and its private key, of a server or of a client. Thread-safe. */
final class CertifiedKey {
    /** The password of each key store. It protects nothing because the store is never written. */
    static final String STORE_PASSWORD = "memory";

    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final KeyKind kind;

    private CertifiedKey(List<X509Certificate> chain, PrivateKey key, KeyKind kind) {
        this.chain = chain;
        this.key = key;
        this.kind = kind;
    }

    /**
     * Reads the files of a key.
     *
     * @throws TlsFileException if one of them is unusable
     */
    static CertifiedKey read(Path certificate, Path key) throws IOException {
        List<X509Certificate> chain = PemFile.certificates(certificate);
        PublicKey owner = chain.get(0).getPublicKey();
        KeyKind kind = KeyKind.of(owner);
        if (kind == null) {
            throw new TlsFileException(
                    certificate,
                    "the certificate has a key of type " + owner.getAlgorithm()
                            + " that TLS does not take: make one with an RSA, ECDSA (P-256, P-384 or P-521), Ed25519"
                            + " or Ed448 key",
                    null);
        }
        return new CertifiedKey(chain, PemFile.privateKey(key, kind, owner), kind);
    }

    /** Returns the key and its certificates for the JDK's TLS. */
    KeyStore store() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("weir", key, STORE_PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
        return store;
    }

    /** Returns the TLS 1.2 cipher suites of the key. */
    int[] suites() {
        return kind.suites();
    }

    /**
     * Returns a signer for one handshake with the best signature scheme that the other side supports.
     *
     * @param known the signature schemes of the other side
     * @param requestContext the context of the request for the certificate in TLS 1.3
     * @throws TlsFatalAlert if the other side supports no scheme of the key
     */
    TlsCredentials credentials(
            TlsContext context, JcaTlsCrypto crypto, @Nullable Vector<?> known, byte @Nullable [] requestContext)
            throws IOException {
        for (int scheme : kind.schemes(TlsUtils.isTLSv13(context))) {
            SignatureAndHashAlgorithm algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            if (known != null && TlsUtils.containsSignatureAlgorithm(known, algorithm)) {
                return kind.signer(
                        new TlsCryptoParameters(context),
                        crypto,
                        key,
                        certificate(context, crypto, requestContext),
                        algorithm);
            }
        }
        throw new TlsFatalAlert(
                AlertDescription.handshake_failure, "the other side supports no signature scheme of this key");
    }

    private Certificate certificate(TlsContext context, JcaTlsCrypto crypto, byte @Nullable [] requestContext)
            throws IOException {
        CertificateEntry[] entries = new CertificateEntry[chain.size()];
        TlsCertificate[] certificates = new TlsCertificate[chain.size()];
        for (int i = 0; i < entries.length; i++) {
            try {
                certificates[i] = crypto.createCertificate(chain.get(i).getEncoded());
            } catch (CertificateEncodingException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
            entries[i] = new CertificateEntry(certificates[i], null);
        }
        return TlsUtils.isTLSv13(context) ? new Certificate(requestContext, entries) : new Certificate(certificates);
    }
}
