package dev.weir.launcher.client;

import dev.weir.launcher.log.Messages;
import java.io.IOException;

/** The shell of a running Weir on the terminal of this process. */
public final class TerminalShell {
    private TerminalShell() {}

    /** Opens the shell, waits for its end and returns the exit status. */
    public static int attend(ShellClient client) throws InterruptedException {
        TerminalInput input = new TerminalInput(true);
        Thread restore = new Thread(input::close);
        Runtime.getRuntime().addShutdownHook(restore);
        try {
            input.open();
        } catch (IOException e) {
            Messages.say("a shell needs a terminal; use weir exec without one");
            return 1;
        }
        try (input) {
            return client.attend(input);
        } catch (IOException e) {
            Messages.say(String.valueOf(e.getMessage()));
        }
        return 1;
    }
}
