package dev.weir.nbd.tls;

import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The keys and certificates of a server at the time of their reading. A connection uses the same ones until its
 * end. Thread-safe.
 */
public final class TlsContext {
    private final JcaTlsCrypto crypto = new JdkCrypto(new SecureRandom());
    private final @Nullable CertifiedKey key;
    private final @Nullable TrustedAuthorities trust;
    private final Map<ByteBuffer, byte[]> preSharedKeys;

    /** The JDK's TLS, which is faster but has no pre-shared keys. Null with pre-shared keys. */
    private final @Nullable JdkServer jdk;

    private TlsContext(
            @Nullable CertifiedKey key, @Nullable TrustedAuthorities trust, Map<ByteBuffer, byte[]> preSharedKeys)
            throws IOException {
        this.key = key;
        this.trust = trust;
        this.preSharedKeys = preSharedKeys;
        jdk = key != null && preSharedKeys.isEmpty() ? new JdkServer(key, trust) : null;
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
                certificate == null || key == null ? null : CertifiedKey.read(certificate, key),
                files.authorities() == null ? null : TrustedAuthorities.read(files.authorities()),
                files.psk() == null ? Map.of() : PskFile.read(files.psk()));
    }

    /**
     * Returns the server side of TLS over a socket. The client must not have sent any TLS bytes that were read
     * already.
     */
    public Wire start(SocketChannel socket) throws IOException {
        if (jdk != null) {
            return new TlsWire(socket, jdk.start());
        }
        TlsServerProtocol protocol = new TlsServerProtocol();
        TlsServerPeer peer = new TlsServerPeer(this);
        protocol.accept(peer);
        return new TlsWire(socket, new BouncySession(protocol, peer::identity));
    }

    JcaTlsCrypto crypto() {
        return crypto;
    }

    @Nullable
    CertifiedKey key() {
        return key;
    }

    @Nullable
    TrustedAuthorities trust() {
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
