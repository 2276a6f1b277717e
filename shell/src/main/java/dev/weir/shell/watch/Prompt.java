package dev.weir.shell.watch;

/** An input line at the bottom of the screen. Not thread-safe. */
final class Prompt {
    private final String label;
    private final String keys;
    private final StringBuilder text = new StringBuilder();

    /**
     * Creates an empty input line.
     *
     * @param label names the input
     * @param keys describes the keys that end the input
     */
    Prompt(String label, String keys) {
        this.label = label;
        this.keys = keys;
    }

    String label() {
        return label;
    }

    String text() {
        return text.toString();
    }

    void add(char character) {
        text.append(character);
    }

    void rubOut() {
        text.setLength(Math.max(0, text.length() - 1));
    }

    /** Returns the whole line with a cursor. */
    String line() {
        return label + " " + text + "▏ " + keys;
    }
}
