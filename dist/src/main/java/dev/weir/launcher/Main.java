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
        OptionalInt status = Ask.answer(args);
        System.exit(status.isPresent() ? status.getAsInt() : WeirCommand.execute(args));
    }
}
