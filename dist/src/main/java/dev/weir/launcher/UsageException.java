package dev.weir.launcher;

import java.io.Serial;

/** Thrown if a command line is invalid. The message names the word and the rule. */
final class UsageException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
