package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * The client's policy in one handshake: TLS 1.3 and 1.2 with authenticated ciphers and ephemeral key exchange, without
 * session resumption. Confined like {@link TlsWire}.
 */
final class TlsClientPeer extends AbstractTlsClient {
    private static final int[] WITH_CERTIFICATE = {
        CipherSuite.TLS_AES_128_GCM_SHA256,
        CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    };

    /** TLS 1.3 binds a pre-shared key to a hash, which is SHA-256 by default. */
    private static final int[] WITH_PRE_SHARED_KEY = {
        CipherSuite.TLS_AES_128_GCM_SHA256,
        CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_DHE_PSK_WITH_AES_256_GCM_SHA384
    };

    private final TlsClientContext files;
    private final String host;

    TlsClientPeer(TlsClientContext files, String host) {
        super(files.crypto());
        this.files = files;
        this.host = host;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return TlsUtils.getSupportedCipherSuites(
                getCrypto(), files.preSharedKey() == null ? WITH_CERTIFICATE : WITH_PRE_SHARED_KEY);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // the library's interface
    protected @Nullable Vector<?> getSNIServerNames() {
        if (CertifiedHost.address(host) != null) {
            return null;
        }
        byte[] name = CertifiedHost.ascii(host).getBytes(US_ASCII);
        return new Vector<>(List.of(new ServerName(NameType.host_name, name)));
    }

    /** Adds the curve P-521, without which TLS 1.2 has no certificate of that curve. */
    @Override
    @SuppressWarnings({"JdkObsolete", "rawtypes", "unchecked"}) // the library's interface
    protected Vector<?> getSupportedGroups(Vector namedGroupRoles) {
        Vector<Object> groups = super.getSupportedGroups(namedGroupRoles);
        groups.add(NamedGroup.secp521r1);
        return groups;
    }

    /** Returns the pre-shared key of TLS 1.2. */
    @Override
    public @Nullable TlsPSKIdentity getPSKIdentity() {
        return files.preSharedKey();
    }

    /** Returns the pre-shared keys of TLS 1.3. */
    @Override
    @SuppressWarnings("JdkObsolete") // the library's interface
    public @Nullable Vector<?> getExternalPSKs() {
        TlsPSKIdentity key = files.preSharedKey();
        if (key == null) {
            return null;
        }
        return new Vector<>(List.of(new BasicTlsPSKExternal(
                key.getPSKIdentity(), getCrypto().createSecret(key.getPSK()), PRFAlgorithm.tls13_hkdf_sha256)));
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
                TrustedAuthorities trust = files.trust();
                if (trust == null) {
                    throw new TlsFatalAlert(
                            AlertDescription.handshake_failure, "the server does not use the pre-shared key");
                }
                trust.verifyServer(server.getCertificate(), host);
            }

            @Override
            public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                CertifiedKey key = files.key();
                return key == null
                        ? null
                        : key.credentials(
                                context,
                                files.crypto(),
                                request.getSupportedSignatureAlgorithms(),
                                request.getCertificateRequestContext());
            }
        };
    }
}
