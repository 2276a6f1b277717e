package dev.weir.cluster.net;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLSocket;
import org.jgroups.util.SocketFactory;
import org.jgroups.util.TLS;
import org.jgroups.util.TLSClientAuth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS whose handshakes have a timeout. The kernel of a stopped host still accepts connections, and a handshake with it
 * would otherwise never end and block messages to others.
 */
final class BoundedTls extends TLS {
    private static final Logger LOG = LoggerFactory.getLogger(BoundedTls.class);
    static final int HANDSHAKE_MILLIS = 500;

    /**
     * Returns TLS 1.3 between holders of a secret.
     *
     * @throws IOException if the secret cannot be read or is none
     */
    static TLS of(Path secret) throws IOException, GeneralSecurityException {
        return new BoundedTls()
                .enabled(true)
                .setSSLContext(Secret.context(secret))
                .setProtocols(new String[] {"TLSv1.3"})
                .setClientAuth(TLSClientAuth.NEED);
    }

    @Override
    public SocketFactory createSocketFactory() {
        SocketFactory factory = super.createSocketFactory();
        return (SocketFactory) Proxy.newProxyInstance(
                BoundedTls.class.getClassLoader(), new Class<?>[] {SocketFactory.class}, (proxy, method, arguments) -> {
                    try {
                        Object made = method.invoke(factory, arguments);
                        if (made instanceof SSLSocket socket) {
                            bound(socket);
                        }
                        return made;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private static void bound(SSLSocket socket) throws SocketException {
        socket.setSoTimeout(HANDSHAKE_MILLIS);
        socket.addHandshakeCompletedListener(done -> {
            try {
                done.getSocket().setSoTimeout(0);
            } catch (SocketException e) {
                LOG.debug("a connection has ended after its handshake", e);
            }
        });
    }
}
