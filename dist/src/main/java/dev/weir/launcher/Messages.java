package dev.weir.launcher;

/** Messages of the launcher on standard error. Each line starts with {@code weir:}. */
final class Messages {
    private Messages() {}

    /** Prints each line of a text. */
    static void say(String text) {
        text.lines().forEach(line -> System.err.println("weir: " + LogLine.visible(line)));
    }
}
