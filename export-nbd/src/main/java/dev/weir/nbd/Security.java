package dev.weir.nbd;

import dev.weir.nbd.wire.TlsContext;
import org.jspecify.annotations.Nullable;

/**
 * What connections that are accepted from now on have to do with TLS. Immutable.
 *
 * @param mode what is wanted: off, optional or required
 * @param context the keys; null if it is off
 * @param plaintextTcp whether clients from beyond this machine may do without
 */
record Security(TlsMode mode, @Nullable TlsContext context, boolean plaintextTcp) {
    static final Security OFF = new Security(TlsMode.OFF, null, false);

    /** Returns how a connection to a socket stands to TLS. */
    TlsMode modeOf(ListenSocket socket) {
        boolean mustHide = mode == TlsMode.OPTIONAL && !socket.isLocal() && !plaintextTcp;
        return mustHide ? TlsMode.REQUIRED : mode;
    }

    /** Returns whether a socket may be listened on. */
    boolean allows(ListenSocket socket) {
        return mode != TlsMode.OFF || socket.isLocal() || plaintextTcp;
    }
}
