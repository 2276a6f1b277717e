package dev.weir.log;

/**
 * Text from clients, files and other machines in a safe form for logs, terminals and error messages. Each invisible
 * character, and each one that would change the display of others, becomes {@code ?}. These are control characters
 * (C0 and C1), line and paragraph separators, format characters such as direction marks, and unpaired surrogates.
 *
 * <p>Every message passes foreign text through this class. Stateless.
 */
public final class PlainText {
    private static final char REPLACEMENT = '?';
    private static final String CUT = "…";

    private PlainText() {}

    /**
     * {@return a text with a question mark for each unsafe character}
     *
     * @param text any text
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
     * {@return the beginning of a text in plain form; ends with an ellipsis if the text is longer}
     *
     * @param text any text
     * @param maxCharacters longest result without the ellipsis ({@code char}s); 1 or more
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
