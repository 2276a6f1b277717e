package dev.weir.launcher;

/** What the launcher says on standard error: whole lines that say who speaks. */
final class Messages {
    private Messages() {}

    /** Prints each line of a text. */
    static void say(String text) {
        text.lines().forEach(line -> System.err.println("weir: " + LogLine.visible(line)));
    }
}
