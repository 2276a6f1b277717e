package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.KeyExchangeAlgorithm;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The server's policy in one handshake: TLS 1.3 and 1.2 with authenticated ciphers and ephemeral key exchange.
 * Session resumption is off. So a removed certificate or key is invalid for the next connection. Confined like {@link
 * TlsWire}.
 */
final class TlsServerPeer extends AbstractTlsServer {
    /**
     * The TLS 1.3 suites for pre-shared keys of any kind. TLS 1.3 binds such a key to a hash, which is SHA-256 by
     * default.
     */
    private static final int[] TLS_13 = {CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_CHACHA20_POLY1305_SHA256};

    private static final int[] WITH_PRE_SHARED_KEY = {
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_DHE_PSK_WITH_AES_256_GCM_SHA384
    };
    private static final short[] CERTIFICATE_TYPES = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};

    private final TlsContext files;
    private Identity identity = Identity.UNKNOWN;
    private Identity claimed = Identity.UNKNOWN;

    TlsServerPeer(TlsContext files) {
        super(files.crypto());
        this.files = files;
    }

    /** Returns the identity of the client. It is unknown until the handshake is complete. */
    Identity identity() {
        return identity;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        CertifiedKey key = files.key();
        boolean preShared = files.hasPreSharedKeys();
        IntStream suites = IntStream.of(TLS_13);
        suites = preShared ? suites : IntStream.concat(suites, IntStream.of(CipherSuite.TLS_AES_256_GCM_SHA384));
        suites = key == null ? suites : IntStream.concat(suites, IntStream.of(key.suites()));
        suites = preShared ? IntStream.concat(suites, IntStream.of(WITH_PRE_SHARED_KEY)) : suites;
        return TlsUtils.getSupportedCipherSuites(getCrypto(), suites.toArray());
    }

    /** Prefers the server's order because AES is fast on most machines. */
    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public @Nullable TlsCredentials getCredentials() throws IOException {
        int keyExchange = context.getSecurityParametersHandshake().getKeyExchangeAlgorithm();
        if (keyExchange == KeyExchangeAlgorithm.ECDHE_PSK || keyExchange == KeyExchangeAlgorithm.DHE_PSK) {
            return null;
        }
        CertifiedKey key = files.key();
        if (key == null) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "the client has no pre-shared key");
        }
        return key.credentials(
                context,
                files.crypto(),
                context.getSecurityParametersHandshake().getClientSigAlgs(),
                TlsUtils.EMPTY_BYTES);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // the library's interface
    public @Nullable CertificateRequest getCertificateRequest() throws IOException {
        TrustedAuthorities trust = files.trust();
        if (trust == null) {
            return null;
        }
        Vector<?> algorithms = TlsUtils.getDefaultSupportedSignatureAlgorithms(context);
        return TlsUtils.isTLSv13(context)
                ? new CertificateRequest(TlsUtils.EMPTY_BYTES, algorithms, null, trust.names())
                : new CertificateRequest(CERTIFICATE_TYPES, algorithms, trust.names());
    }

    @Override
    public void notifyClientCertificate(Certificate chain) throws IOException {
        TrustedAuthorities trust = files.trust();
        if (trust != null) {
            X509Certificate certificate = trust.verifyClient(chain);
            try {
                claimed = Identity.of(certificate);
            } catch (CertificateException e) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, e.getMessage(), e);
            }
        }
    }

    /**
     * Returns the pre-shared key of TLS 1.3. Only the first key in the client's list is used because Weir's clients
     * send one.
     */
    @Override
    @SuppressWarnings("rawtypes") // the library's interface
    public @Nullable TlsPSKExternal getExternalPSK(Vector identities) {
        if (!files.hasPreSharedKeys() || identities.isEmpty()) {
            return null;
        }
        byte[] user = ((PskIdentity) identities.get(0)).getIdentity();
        return new BasicTlsPSKExternal(user, getCrypto().createSecret(key(user)), PRFAlgorithm.tls13_hkdf_sha256);
    }

    /** Returns the pre-shared keys of TLS 1.2. */
    @Override
    public @Nullable TlsPSKIdentityManager getPSKIdentityManager() {
        if (!files.hasPreSharedKeys()) {
            return null;
        }
        return new TlsPSKIdentityManager() {
            @Override
            public byte @Nullable [] getHint() {
                return null;
            }

            @Override
            public byte[] getPSK(byte[] user) {
                return key(user);
            }
        };
    }

    private byte[] key(byte[] user) {
        claimed = Identity.of(new String(user, UTF_8));
        return files.preSharedKey(user);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        identity = claimed;
    }
}
