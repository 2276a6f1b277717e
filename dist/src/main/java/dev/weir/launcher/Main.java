package dev.weir.launcher;

import java.io.IOException;
import java.util.OptionalInt;

/** Where {@code bin/weir} begins. */
public final class Main {
    private Main() {}

    /**
     * Does what the arguments say, and ends the process.
     *
     * @param args the command line
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        System.exit(status(args));
    }

    private static int status(String... args) throws IOException, InterruptedException {
        OptionalInt answered = Ask.answer(args);
        if (answered.isPresent()) {
            return answered.getAsInt();
        }
        PlainRun plain = PlainRun.of(args);
        return plain == null ? WeirCommand.execute(args) : new Run(Home.of(plain.home()), plain.options()).call();
    }
}
