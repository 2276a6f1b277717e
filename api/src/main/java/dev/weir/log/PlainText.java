package dev.weir.log;

/**
 * Text of clients, files and other machines in a form that logs, terminals and error texts can show. Each character
 * that a reader would not see, or that would change how the rest is shown, becomes {@code ?}: control characters (C0 and
 * C1), line and paragraph separators, direction marks and other format characters, and unpaired surrogates.
 *
 * <p>Every message with text that Weir did not write itself takes that text from here.
 */
public final class PlainText {
    private static final char REPLACEMENT = '?';
    private static final String CUT = "…";

    private PlainText() {}

    /**
     * {@return a text with each character replaced that does not show as itself}
     *
     * @param text anything
     */
    public static String of(String text) {
        if (text.codePoints().allMatch(PlainText::isPlain)) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(each -> plain.appendCodePoint(isPlain(each) ? each : REPLACEMENT));
        return plain.toString();
    }

    /**
     * {@return the beginning of a text in plain form, with {@code …} at its end if it is not all of the text}
     *
     * @param text anything
     * @param maxCharacters longest result without the mark, in {@code char}s; 1 or more
     */
    public static String of(String text, int maxCharacters) {
        if (text.length() <= maxCharacters) {
            return of(text);
        }
        boolean cutsPair = Character.isHighSurrogate(text.charAt(maxCharacters - 1));
        return of(text.substring(0, cutsPair ? maxCharacters - 1 : maxCharacters)) + CUT;
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
