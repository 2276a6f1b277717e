package dev.weir.cluster.net;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The secret of a cluster: a PKCS #12 file with a key and its certificate, the same on all hosts. A host presents the
 * certificate and accepts no other one.
 */
final class Secret {
    /** The password of the file. The mode of the file protects it. */
    private static final String PASSWORD = "changeit";

    private Secret() {}

    /**
     * Returns the context of TLS connections between holders of a file.
     *
     * @throws IOException if the file cannot be read or is not such a file
     */
    static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IOException(file + ": must be a PKCS #12 file with the password " + PASSWORD, e);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted(store));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Returns the certificates of the store's keys as trusted ones. */
    private static KeyStore trusted(KeyStore store) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String alias : java.util.Collections.list(store.aliases())) {
            trusted.setCertificateEntry(alias, store.getCertificate(alias));
        }
        return trusted;
    }
}
