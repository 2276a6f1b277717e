package dev.weir.nbd.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of the server at the time of their reading. A connection uses the same ones until its
 * end. Thread-safe.
 */
public final class TlsContext {
    private final JcaTlsCrypto crypto = new JdkCrypto(new SecureRandom());
    private final @Nullable ServerKey key;
    private final @Nullable ClientTrust trust;
    private final Map<ByteBuffer, byte[]> preSharedKeys;

    private TlsContext(@Nullable ServerKey key, @Nullable ClientTrust trust, Map<ByteBuffer, byte[]> preSharedKeys) {
        this.key = key;
        this.trust = trust;
        this.preSharedKeys = preSharedKeys;
    }

    /**
     * Reads the files.
     *
     * @throws TlsFileException if a file is unusable
     * @throws IOException if a required file is not given
     */
    public static TlsContext read(TlsFiles files) throws IOException {
        Path certificate = files.certificate();
        Path key = files.key();
        if ((certificate == null) != (key == null)) {
            throw new IOException("a certificate and its key must be given together");
        }
        if (certificate == null && files.psk() == null) {
            throw new IOException("must have a certificate with its key or pre-shared keys");
        }
        return new TlsContext(
                certificate == null || key == null ? null : serverKey(certificate, key),
                files.clientCa() == null ? null : trust(files.clientCa()),
                files.psk() == null ? Map.of() : PskFile.read(files.psk()));
    }

    private static ServerKey serverKey(Path certificate, Path key) throws IOException {
        List<X509Certificate> chain = PemFile.certificates(certificate);
        PublicKey owner = chain.get(0).getPublicKey();
        KeyKind kind = KeyKind.of(owner);
        if (kind == null) {
            throw new TlsFileException(
                    certificate,
                    "the certificate has a key of type " + owner.getAlgorithm()
                            + " that TLS does not take: make one with an RSA, ECDSA (P-256, P-384 or P-521), Ed25519 or "
                            + "Ed448 key",
                    null);
        }
        return new ServerKey(chain, PemFile.privateKey(key, kind, owner), kind);
    }

    private static ClientTrust trust(Path clientCa) throws IOException {
        try {
            return new ClientTrust(PemFile.certificates(clientCa));
        } catch (GeneralSecurityException e) {
            throw new TlsFileException(clientCa, "cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the server side of TLS over a socket. The client must not have sent any TLS bytes that were read
     * already.
     */
    public Wire start(SocketChannel socket) throws IOException {
        return new TlsWire(socket, this);
    }

    JcaTlsCrypto crypto() {
        return crypto;
    }

    @Nullable
    ServerKey key() {
        return key;
    }

    @Nullable
    ClientTrust trust() {
        return trust;
    }

    boolean hasPreSharedKeys() {
        return !preSharedKeys.isEmpty();
    }

    /**
     * Returns the key of a user. Returns a random key for an unknown user, so that both handshakes fail in the same
     * way.
     */
    byte[] preSharedKey(byte[] user) {
        byte[] known = preSharedKeys.get(ByteBuffer.wrap(user));
        if (known != null) {
            return known.clone();
        }
        byte[] nobodys = new byte[32];
        crypto.getSecureRandom().nextBytes(nobodys);
        return nobodys;
    }
}
