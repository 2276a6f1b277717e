package dev.weir.nbd;

import dev.weir.nbd.tls.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Keys and certificates from the tests of {@code nbd-wire}, for the JDK's TLS as the client. */
final class SharedKeys {
    /** The files of a server that asks its clients for certificates. */
    static final TlsFiles FILES =
            new TlsFiles(file("server-cert.pem"), file("server-key.pem"), file("ca-cert.pem"), null);

    /** The same with pre-shared keys. */
    static final TlsFiles WITH_PRE_SHARED_KEYS =
            new TlsFiles(FILES.certificate(), FILES.key(), FILES.authorities(), file("keys.psk"));

    private SharedKeys() {}

    private static Path file(String name) {
        return Path.of("../nbd-wire/src/test/resources/tls", name);
    }

    /** Returns a client that trusts the server. It uses the certificate with that name or none. */
    static SSLContext client(@Nullable String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", certificate("ca"));
        if (name != null) {
            String pem = Files.readString(file(name + "-key.pem")).replaceAll("-----.*-----", "");
            PKCS8EncodedKeySpec key =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem));
            store.setKeyEntry("key", KeyFactory.getInstance("EC").generatePrivate(key), new char[0], new Certificate[] {
                certificate(name)
            });
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate certificate(String name) throws GeneralSecurityException, IOException {
        byte[] pem = Files.readAllBytes(file(name + "-cert.pem"));
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }
}
