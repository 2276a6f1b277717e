package dev.weir.backend.nbd.protocol;

import java.io.IOException;
import java.io.Serial;

/** Bytes of a server that break the protocol, or an export that cannot be used. The connection ends. */
public final class ProtocolException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the fault with the server as the subject, for example {@code it offers no TLS}
     */
    public ProtocolException(String message) {
        super(message);
    }
}
