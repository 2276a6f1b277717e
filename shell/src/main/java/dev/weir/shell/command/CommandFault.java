package dev.weir.shell.command;

import java.io.Serial;

/** What was typed cannot be done. The message is all there is to say, so it is also what a shell prints of it. */
public final class CommandFault extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** Says what cannot be done: the thing, the value and the rule. */
    public CommandFault(String message) {
        super(message);
    }

    /** Says what cannot be done, as {@code cause} found out. */
    CommandFault(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns the message alone: Gogo's own shell prints this, and the class is nothing to its user. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message is as it was given
    public String toString() {
        return String.valueOf(getMessage());
    }
}
