package dev.weir.nbd.wire;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerContext;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** The certificate chain and the private key of the server. Thread-safe. */
final class ServerKey {
    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final KeyKind kind;

    ServerKey(List<X509Certificate> chain, PrivateKey key, KeyKind kind) {
        this.chain = chain;
        this.key = key;
        this.kind = kind;
    }

    /** Returns the TLS 1.2 cipher suites of the key. */
    int[] suites() {
        return kind.suites();
    }

    /**
     * Returns a signer for one handshake with the best signature scheme that the client supports.
     *
     * @throws TlsFatalAlert if the client supports none
     */
    TlsCredentials credentials(TlsServerContext context, JcaTlsCrypto crypto) throws IOException {
        Vector<?> known = context.getSecurityParametersHandshake().getClientSigAlgs();
        for (int scheme : kind.schemes(TlsUtils.isTLSv13(context))) {
            SignatureAndHashAlgorithm algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            if (known != null && TlsUtils.containsSignatureAlgorithm(known, algorithm)) {
                return kind.signer(
                        new TlsCryptoParameters(context), crypto, key, certificate(context, crypto), algorithm);
            }
        }
        throw new TlsFatalAlert(
                AlertDescription.handshake_failure, "the client supports no signature scheme of the server's key");
    }

    private Certificate certificate(TlsServerContext context, JcaTlsCrypto crypto) throws IOException {
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
        return TlsUtils.isTLSv13(context)
                ? new Certificate(TlsUtils.EMPTY_BYTES, entries)
                : new Certificate(certificates);
    }
}
