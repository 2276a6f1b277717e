package dev.weir.view;

/** The result of a command: data for scripts and JSON with a text form for people. */
public interface View {

    /**
     * Returns the text for people, without a final line break.
     *
     * @param width the terminal's width (cells); {@link Integer#MAX_VALUE} without a terminal
     */
    String text(int width);
}
