package dev.weir.nbd.connection;

import dev.weir.nbd.net.ListenSocket;
import dev.weir.nbd.protocol.TlsMode;
import dev.weir.nbd.wire.TlsContext;
import org.jspecify.annotations.Nullable;

/**
 * What connections that are accepted from now on have to do with TLS. Immutable.
 *
 * @param mode what is wanted: off, optional or required
 * @param context the keys; null if it is off
 * @param plaintextTcp whether clients from beyond this machine may do without
 */
public record TlsPolicy(TlsMode mode, @Nullable TlsContext context, boolean plaintextTcp) {
    public static final TlsPolicy OFF = new TlsPolicy(TlsMode.OFF, null, false);

    /** Returns how a connection to a socket stands to TLS. */
    public TlsMode modeOf(ListenSocket socket) {
        boolean mustHide = mode == TlsMode.OPTIONAL && !socket.isLocal() && !plaintextTcp;
        return mustHide ? TlsMode.REQUIRED : mode;
    }

    /** Returns whether a socket may be listened on. */
    public boolean allows(ListenSocket socket) {
        return mode != TlsMode.OFF || socket.isLocal() || plaintextTcp;
    }
}
