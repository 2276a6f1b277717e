package dev.weir.launcher;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A command of the command line. */
enum Command {
    /** Serves drives until stopped. The default. */
    RUN,
    /** Executes a line of the running Weir's shell. */
    EXEC,
    /** Opens a shell in the running Weir. */
    SHELL,
    /** Manages the tokens of the HTTP API of the running Weir. */
    TOKEN,
    /** Makes a link to the console of the running Weir. */
    CONSOLE,
    /** Shows the state of the running Weir. */
    STATUS,
    /** Stops the running Weir. */
    STOP;

    /**
     * Returns the command of a word.
     *
     * @throws UsageException if the word is no command; the message lists all commands
     */
    static Command of(String word) throws UsageException {
        List<String> all = new ArrayList<>();
        for (Command command : values()) {
            if (command.toString().equals(word)) {
                return command;
            }
            all.add(command.toString());
        }
        throw new UsageException("unknown command \"" + word + "\"; choose from " + String.join(", ", all)
                + "; \"weir exec\" runs a command of the shell");
    }

    /** Returns the options of the command, those of all commands included. */
    Set<Option> options() {
        Set<Option> options = EnumSet.of(Option.HOME, Option.HELP, Option.VERSION);
        if (this == RUN) {
            options.addAll(List.of(Option.CONFIG, Option.DRIVE, Option.LISTEN, Option.NO_SHELL));
        } else if (this == STATUS) {
            options.add(Option.JSON);
        }
        return options;
    }

    /** Returns the word on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
