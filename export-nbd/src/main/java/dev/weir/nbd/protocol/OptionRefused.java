package dev.weir.nbd.protocol;

import java.io.Serial;

/** An option that is rejected with an error reply. The handshake continues. */
final class OptionRefused extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The type of the error reply. */
    final int error;

    /**
     * Makes a rejection.
     *
     * @param message the message for the client
     */
    OptionRefused(int error, String message) {
        super(message);
        this.error = error;
    }
}
