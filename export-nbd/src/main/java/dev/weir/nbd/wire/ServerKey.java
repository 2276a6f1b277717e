package dev.weir.nbd.wire;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateEntry;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerContext;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** The certificate and the key by which the server proves who it is. Thread-safe. */
final class ServerKey {
    private static final int[] RSA_SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    };
    private static final int[] OTHER_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
    };

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    ServerKey(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /** Returns the cipher suites of TLS 1.2 that go with it. */
    int[] suites() {
        return (key.getAlgorithm().equals("RSA") ? RSA_SUITES : OTHER_SUITES).clone();
    }

    /** Returns a signer for a handshake, by the first scheme that fits the key and that the client knows. */
    TlsCredentials credentials(TlsServerContext context, JcaTlsCrypto crypto) throws IOException {
        Vector<?> known = context.getSecurityParametersHandshake().getClientSigAlgs();
        for (int scheme : schemes()) {
            SignatureAndHashAlgorithm algorithm = SignatureScheme.getSignatureAndHashAlgorithm(scheme);
            boolean usable = !TlsUtils.isTLSv13(context) || !isOld(scheme);
            if (usable && known != null && TlsUtils.containsSignatureAlgorithm(known, algorithm)) {
                return new JcaDefaultTlsCredentialedSigner(
                        new TlsCryptoParameters(context), crypto, key, certificate(context, crypto), algorithm);
            }
        }
        throw new TlsFatalAlert(
                AlertDescription.handshake_failure, "the client knows no signature of the certificate's kind");
    }

    private int[] schemes() {
        if (chain.get(0).getPublicKey() instanceof ECPublicKey ec) {
            return switch (ec.getParams().getCurve().getField().getFieldSize()) {
                case 384 -> new int[] {SignatureScheme.ecdsa_secp384r1_sha384};
                case 521 -> new int[] {SignatureScheme.ecdsa_secp521r1_sha512};
                default -> new int[] {SignatureScheme.ecdsa_secp256r1_sha256};
            };
        }
        return switch (key.getAlgorithm()) {
            case "RSA" ->
                new int[] {
                    SignatureScheme.rsa_pss_rsae_sha256,
                    SignatureScheme.rsa_pss_rsae_sha384,
                    SignatureScheme.rsa_pss_rsae_sha512,
                    SignatureScheme.rsa_pkcs1_sha256,
                    SignatureScheme.rsa_pkcs1_sha384,
                    SignatureScheme.rsa_pkcs1_sha512
                };
            default -> new int[] {SignatureScheme.ed25519};
        };
    }

    /** TLS 1.3 has done away with these in handshakes. */
    private static boolean isOld(int scheme) {
        return scheme == SignatureScheme.rsa_pkcs1_sha256
                || scheme == SignatureScheme.rsa_pkcs1_sha384
                || scheme == SignatureScheme.rsa_pkcs1_sha512;
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
