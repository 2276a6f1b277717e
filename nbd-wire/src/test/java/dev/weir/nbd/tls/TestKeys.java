package dev.weir.nbd.tls;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The files in resources/tls: a server, a client {@code CN=alice,O=Example} and their authority. */
public final class TestKeys {
    /** The files of a server that asks its clients for certificates. */
    public static final TlsFiles FILES =
            new TlsFiles(file("server-cert.pem"), file("server-key.pem"), file("ca-cert.pem"), null);

    private TestKeys() {}

    /** Returns the path of a file. */
    public static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(TestKeys.class.getResource("/tls/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a client that trusts the server. It uses the certificate with that name or none. */
    public static SSLContext client(@Nullable String name) throws GeneralSecurityException, IOException {
        return trusting(file("ca-cert.pem"), name);
    }

    /** Returns a client that trusts one certificate and uses another one or none. */
    static SSLContext trusting(String trusted, @Nullable String name) throws GeneralSecurityException, IOException {
        return trusting(file((trusted.equals("server") ? "ca" : trusted) + "-cert.pem"), name);
    }

    private static SSLContext trusting(Path authority, @Nullable String name)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", PemFile.certificates(authority).get(0));
        if (name != null) {
            X509Certificate certificate =
                    PemFile.certificates(file(name + "-cert.pem")).get(0);
            store.setKeyEntry(
                    "key",
                    PemFile.privateKey(
                            file(name + "-key.pem"),
                            Objects.requireNonNull(KeyKind.of(certificate.getPublicKey())),
                            certificate.getPublicKey()),
                    new char[0],
                    new X509Certificate[] {certificate});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
