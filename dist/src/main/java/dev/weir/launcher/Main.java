package dev.weir.launcher;

import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Entry point of {@code bin/weir}. */
public final class Main {
    private static final int USAGE = 2;

    /** Replacement character for bytes that the locale cannot decode. */
    private static final char REPLACEMENT = '\uFFFD';

    private Main() {}

    /**
     * Executes the command line and exits.
     *
     * @param args command-line arguments
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        System.exit(status(args));
    }

    private static int status(String... args) throws IOException, InterruptedException {
        String unreadable = unreadable(args);
        if (unreadable != null) {
            Messages.say(unreadable);
            return USAGE;
        }
        try {
            OptionalInt answered = RemoteCommand.answer(args);
            if (answered.isPresent()) {
                return answered.getAsInt();
            }
            FastArguments plain = FastArguments.of(args);
            return plain == null ? WeirCommand.execute(args) : new Run(Home.of(plain.home()), plain.options()).call();
        } catch (StartException e) {
            Messages.say(e.reasons());
            return 1;
        }
    }

    /** Returns an error for the first argument that the JVM could not decode; null if all are readable. */
    private static @Nullable String unreadable(String... args) {
        for (String arg : args) {
            if (arg.indexOf(REPLACEMENT) >= 0) {
                return "the argument \"" + arg + "\" cannot be read in the locale of this process (LC_CTYPE="
                        + System.getenv("LC_CTYPE") + "); use one with UTF-8, for example LC_ALL=C.UTF-8";
            }
        }
        return null;
    }
}
