package dev.weir.launcher;

/** Where {@code bin/weir} begins. */
public final class Main {
    private Main() {}

    /**
     * Does what the arguments say, and ends the process.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(WeirCommand.execute(args));
    }
}
