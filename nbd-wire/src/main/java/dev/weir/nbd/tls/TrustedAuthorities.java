package dev.weir.nbd.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Vector;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/** The trusted authorities of the other side's certificates. The JDK validates certificate chains. Thread-safe. */
final class TrustedAuthorities {
    /** The JDK's name for suites in which the server's key signs and does not encrypt. */
    private static final String SIGNATURE = "UNKNOWN";

    private final List<X509Certificate> authorities;
    private final X509TrustManager manager;

    private TrustedAuthorities(List<X509Certificate> authorities, X509TrustManager manager) {
        this.authorities = authorities;
        this.manager = manager;
    }

    /**
     * Reads the certificates of the authorities.
     *
     * @throws TlsFileException if the file is unusable
     */
    static TrustedAuthorities read(Path file) throws IOException {
        List<X509Certificate> authorities = PemFile.certificates(file);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry(String.valueOf(i), authorities.get(i));
            }
            return new TrustedAuthorities(authorities, managerOf(store));
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(file, "cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the authorities that the JDK trusts.
     *
     * @throws IOException if they cannot be read
     */
    static TrustedAuthorities ofTheJdk() throws IOException {
        try {
            return new TrustedAuthorities(List.of(), managerOf(null));
        } catch (GeneralSecurityException e) {
            throw new IOException("the authorities of the JDK cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager managerOf(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("no PKIX trust manager for X.509");
    }

    /** Returns the validator of certificate chains. */
    X509TrustManager manager() {
        return manager;
    }

    /** Returns the names of the authorities for the certificate request. */
    @SuppressWarnings("JdkObsolete") // the library's interface
    Vector<X500Name> names() {
        Vector<X500Name> names = new Vector<>();
        authorities.forEach(authority -> names.add(
                X500Name.getInstance(authority.getSubjectX500Principal().getEncoded())));
        return names;
    }

    /**
     * Returns the client's certificate after validation of its chain.
     *
     * @throws TlsFatalAlert if the client has no certificate or if it is untrusted, expired or not for clients
     */
    X509Certificate verifyClient(Certificate chain) throws IOException {
        return verify(
                chain,
                "the client",
                certificates -> manager.checkClientTrusted(
                        certificates, certificates[0].getPublicKey().getAlgorithm()));
    }

    /**
     * Validates the certificate chain of a server.
     *
     * @param host the name or address that the certificate must bear
     * @throws TlsFatalAlert if the certificate is untrusted, expired, not for servers or of another host
     */
    void verifyServer(Certificate chain, String host) throws IOException {
        verify(chain, "the server", certificates -> {
            manager.checkServerTrusted(certificates, SIGNATURE);
            CertifiedHost.check(certificates[0], host);
        });
    }

    private interface Check {
        void check(X509Certificate[] chain) throws CertificateException;
    }

    private static X509Certificate verify(Certificate chain, String who, Check check) throws IOException {
        if (chain.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, who + " has no certificate");
        }
        try {
            X509Certificate[] certificates = new X509Certificate[chain.getLength()];
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (int i = 0; i < certificates.length; i++) {
                byte[] encoded = chain.getCertificateAt(i).getEncoded();
                certificates[i] = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
            }
            check.check(certificates);
            return certificates[0];
        } catch (CertificateException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, e.getMessage(), e);
        }
    }
}
