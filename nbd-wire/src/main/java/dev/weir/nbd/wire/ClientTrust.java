package dev.weir.nbd.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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

/** The trusted authorities of client certificates. The JDK validates certificate chains. Thread-safe. */
final class ClientTrust {
    private final List<X509Certificate> authorities;
    private final X509TrustManager manager;

    ClientTrust(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
        this.authorities = authorities;
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry(String.valueOf(i), authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        manager = managerOf(factory);
    }

    private static X509TrustManager managerOf(TrustManagerFactory factory) {
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509TrustManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("no PKIX trust manager for X.509");
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
    X509Certificate verify(Certificate chain) throws IOException {
        if (chain.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.handshake_failure, "the client has no certificate");
        }
        try {
            X509Certificate[] certificates = new X509Certificate[chain.getLength()];
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (int i = 0; i < certificates.length; i++) {
                byte[] encoded = chain.getCertificateAt(i).getEncoded();
                certificates[i] = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
            }
            manager.checkClientTrusted(
                    certificates, certificates[0].getPublicKey().getAlgorithm());
            return certificates[0];
        } catch (CertificateException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, e.getMessage(), e);
        }
    }
}
