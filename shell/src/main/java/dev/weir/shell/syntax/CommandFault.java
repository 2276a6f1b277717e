package dev.weir.shell.syntax;

import java.io.Serial;

/**
 * A command failed because of its input or the current state. The shell prints the message without the class name.
 */
public final class CommandFault extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Creates an error. The message names the object, the value and the rule. */
    public CommandFault(String message) {
        super(message);
    }

    /** Creates an error with its cause. */
    public CommandFault(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns the message alone, because Gogo's own shell prints this text. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message is the whole text
    public String toString() {
        return String.valueOf(getMessage());
    }
}
