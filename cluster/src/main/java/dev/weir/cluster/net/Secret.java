package dev.weir.cluster.net;

import dev.weir.file.TrustedFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.util.Collections;
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

    private static final int MOST_BYTES = 1 << 20;

    private Secret() {}

    /**
     * Returns the context of TLS connections between holders of a file.
     *
     * @throws IOException if the file cannot be read, is not such a file or can be changed by other users
     */
    static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = store(file);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted(file, store));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Returns the content of a file. */
    static KeyStore store(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        byte[] content = content(file);
        try {
            store.load(new ByteArrayInputStream(content), PASSWORD.toCharArray());
        } catch (GeneralSecurityException | IOException e) {
            throw new IOException(file + ": must be a PKCS #12 file with the password " + PASSWORD, e);
        }
        return store;
    }

    private static byte[] content(Path file) throws IOException {
        try {
            return TrustedFile.read(file, MOST_BYTES);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": is missing", e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Returns a store that trusts the certificates of the given store's keys. */
    static KeyStore trusted(Path file, KeyStore store) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String alias : Collections.list(store.aliases())) {
            if (store.entryInstanceOf(alias, PrivateKeyEntry.class)) {
                trusted.setCertificateEntry(alias, store.getCertificate(alias));
            }
        }
        if (trusted.size() == 0) {
            throw new IOException(
                    file + ": has no private key with its certificate; make one with keytool -genkeypair");
        }
        return trusted;
    }
}
