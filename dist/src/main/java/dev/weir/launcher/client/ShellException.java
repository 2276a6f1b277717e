package dev.weir.launcher.client;

import java.io.IOException;
import java.io.Serial;

/** Thrown when a shell is unavailable or has ended. The message is for the user. */
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
