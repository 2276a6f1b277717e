package dev.weir.nbd.tls;

import dev.weir.nbd.wire.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's TLS for a server with a certificate: TLS 1.3 and 1.2 with authenticated ciphers and ephemeral key exchange.
 * Each connection has a context of its own. So no session is resumed, and a removed certificate is invalid for the next
 * connection. Thread-safe.
 */
final class JdkServer {
    /** The server's order counts. The JDK leaves out the suites of TLS 1.2 that do not fit the key. */
    private static final String[] SUITES = {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
    };

    private final KeyManager[] keys;
    private final @Nullable TrustedAuthorities trust;

    /**
     * Makes a server.
     *
     * @param trust the authorities of the clients, which then need a certificate
     */
    JdkServer(CertifiedKey key, @Nullable TrustedAuthorities trust) throws IOException {
        try {
            KeyStore store = key.store();
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, CertifiedKey.STORE_PASSWORD.toCharArray());
            keys = factory.getKeyManagers();
        } catch (GeneralSecurityException e) {
            throw new IOException("the key cannot be used: " + e.getMessage(), e);
        }
        this.trust = trust;
    }

    /** Returns the server's side of a new session. */
    TlsSession start() throws IOException {
        SSLEngine engine = engine();
        return new JdkSession(engine, () -> client(engine));
    }

    /** Returns the engine of a new session. */
    SSLEngine engine() throws IOException {
        SSLEngine engine;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust == null ? null : new TrustManager[] {new Clients(trust.manager())}, null);
            engine = context.createSSLEngine();
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS cannot start: " + e.getMessage(), e);
        }
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setCipherSuites(SUITES);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNeedClientAuth(trust != null);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private Identity client(SSLEngine engine) {
        if (trust == null) {
            return Identity.UNKNOWN;
        }
        try {
            return Identity.of((X509Certificate) engine.getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException | CertificateException e) {
            throw new IllegalStateException("the client was trusted without a name", e);
        }
    }

    /** Trusts clients of an authority whose certificates have a name. */
    private static final class Clients implements X509TrustManager {
        private final X509TrustManager authorities;

        Clients(X509TrustManager authorities) {
            this.authorities = authorities;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyType) throws CertificateException {
            authorities.checkClientTrusted(chain, keyType);
            Identity.of(chain[0]);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyType) throws CertificateException {
            throw new CertificateException("this is a server");
        }

        /**
         * Returns none. The request then names no authorities and a client sends its certificate in any case. GnuTLS
         * would otherwise send no RSA certificate because JDK 25 does not list PKCS #1 in requests of TLS 1.3.
         */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
