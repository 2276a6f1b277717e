package dev.weir.shell.view;

/** What a command returns: data for scripts and for JSON, that knows how people want to see it. */
public interface View {

    /**
     * Returns the text for people, without a line break at the end.
     *
     * @param width how many cells the terminal has in a line; {@link Integer#MAX_VALUE} if it is not for a terminal
     */
    String text(int width);
}
