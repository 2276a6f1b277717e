package dev.weir.nbd.connection;

import dev.weir.nbd.net.ListenSocket;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.tls.TlsContext;
import org.jspecify.annotations.Nullable;

/**
 * The TLS policy for newly accepted connections. Immutable.
 *
 * @param mode off, optional or required
 * @param context keys and certificates. Null if TLS is off.
 * @param plaintextTcp whether remote clients may connect without TLS
 */
public record TlsPolicy(TlsMode mode, @Nullable TlsContext context, boolean plaintextTcp) {
    public static final TlsPolicy OFF = new TlsPolicy(TlsMode.OFF, null, false);

    /** Returns the TLS mode of connections to a socket. */
    public TlsMode modeOf(ListenSocket socket) {
        boolean mustHide = mode == TlsMode.OPTIONAL && !socket.isLocal() && !plaintextTcp;
        return mustHide ? TlsMode.REQUIRED : mode;
    }

    /** Returns whether the policy allows to listen on a socket. */
    public boolean allows(ListenSocket socket) {
        return mode != TlsMode.OFF || socket.isLocal() || plaintextTcp;
    }
}
