package dev.weir.nbd.tls;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weir.nbd.wire.Identity;
import dev.weir.nbd.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * The keys and authorities of a client at the time of their reading. The server proves itself with a certificate or,
 * if the client has a pre-shared key, by the knowledge of that key. Thread-safe.
 */
public final class TlsClientContext {
    private final JcaTlsCrypto crypto = new JdkCrypto(new SecureRandom());
    private final @Nullable CertifiedKey key;
    private final @Nullable TrustedAuthorities trust;
    private final @Nullable TlsPSKIdentity preSharedKey;

    private TlsClientContext(
            @Nullable CertifiedKey key, @Nullable TrustedAuthorities trust, @Nullable TlsPSKIdentity preSharedKey) {
        this.key = key;
        this.trust = trust;
        this.preSharedKey = preSharedKey;
    }

    /**
     * Reads the files.
     *
     * @param user the user of the pre-shared key; if empty, the file must hold one key
     * @throws TlsFileException if a file is unusable
     * @throws IOException if the files do not go together
     */
    public static TlsClientContext read(TlsFiles files, String user) throws IOException {
        Path certificate = files.certificate();
        Path key = files.key();
        Path psk = files.psk();
        if ((certificate == null) != (key == null)) {
            throw new IOException("a certificate and its key must be given together");
        }
        if (psk != null) {
            if (certificate != null || files.authorities() != null) {
                throw new IOException("must have certificates or a pre-shared key, not both");
            }
            return new TlsClientContext(null, null, preSharedKey(psk, user));
        }
        return new TlsClientContext(
                certificate == null || key == null ? null : CertifiedKey.read(certificate, key),
                files.authorities() == null
                        ? TrustedAuthorities.ofTheJdk()
                        : TrustedAuthorities.read(files.authorities()),
                null);
    }

    private static TlsPSKIdentity preSharedKey(Path file, String user) throws TlsFileException {
        Map<ByteBuffer, byte[]> keys = PskFile.read(file);
        ByteBuffer name;
        if (!user.isEmpty()) {
            name = ByteBuffer.wrap(user.getBytes(UTF_8));
        } else if (keys.size() == 1) {
            name = keys.keySet().iterator().next();
        } else {
            throw new TlsFileException(file, "has several users: name one", null);
        }
        byte[] key = keys.get(name);
        if (key == null) {
            throw new TlsFileException(file, "has no key of user " + user, null);
        }
        return new BasicTlsPSKIdentity(name.array(), key);
    }

    /**
     * Returns the client side of TLS over a socket.
     *
     * @param socket a non-blocking socket whose server expects TLS from its next byte on
     * @param host the name or address that a certificate of the server must bear; an IPv6 address without brackets
     */
    public Wire start(SocketChannel socket, String host) throws IOException {
        TlsClientProtocol protocol = new TlsClientProtocol();
        protocol.connect(new TlsClientPeer(this, host));
        return new TlsWire(socket, new BouncySession(protocol, () -> Identity.UNKNOWN));
    }

    JcaTlsCrypto crypto() {
        return crypto;
    }

    @Nullable
    CertifiedKey key() {
        return key;
    }

    /** Returns the authorities of the server's certificate. Null if the client has a pre-shared key. */
    @Nullable
    TrustedAuthorities trust() {
        return trust;
    }

    /** Returns the user and the key. Null if the client has certificates. */
    @Nullable
    TlsPSKIdentity preSharedKey() {
        return preSharedKey;
    }
}
