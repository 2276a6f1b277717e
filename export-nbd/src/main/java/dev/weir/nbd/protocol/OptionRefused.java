package dev.weir.nbd.protocol;

import java.io.Serial;

/** An option that is answered with an error; the handshake goes on. */
final class OptionRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The type of the reply. */
    final int error;

    /**
     * Says why.
     *
     * @param message what the client is told, for people
     */
    OptionRefused(int error, String message) {
        super(message);
        this.error = error;
    }
}
