package dev.weir.launcher;

import java.io.IOException;
import java.io.Serial;

/** No shell can be had, or not any longer; the message is for whoever asked. */
final class ShellException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String reason;

    ShellException(String message) {
        super(message);
        reason = message;
    }

    /** Returns the message. */
    String reason() {
        return reason;
    }
}
