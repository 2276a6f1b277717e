package dev.weir.config;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A clearer message for a syntax error of Typesafe Config. Its parser reports a missing brace as a missing
 * parenthesis at the end of the file.
 *
 * @param text message
 * @param line line of the error; 0 if unknown
 */
record SyntaxHint(String text, int line) {
    private static final String JSON =
            "; a file whose name ends in .json is read as strict JSON, so name it .conf for HOCON";

    static SyntaxHint none(String reason, int line) {
        return new SyntaxHint(Findings.shown(reason), line);
    }

    /**
     * Returns the message for a syntax error.
     *
     * @param text the text of the file
     * @param reason message of the parser
     * @param line line that the parser reports
     */
    static SyntaxHint of(Path file, String text, String reason, int line) {
        if (file.toString().endsWith(".json")) {
            return new SyntaxHint(Findings.shown(reason) + JSON, line);
        }
        Open open = reason.contains("end of file") ? unclosed(text) : null;
        if (open != null) {
            return new SyntaxHint(
                    "a %c is missing; the %c of this line is not closed".formatted(open.closing(), open.bracket),
                    open.line);
        }
        if (reason.contains("no open brace")) {
            return new SyntaxHint("this } closes nothing; remove it or add the missing {", line);
        }
        if (reason.contains("'$' not followed by {")) {
            return new SyntaxHint("$ must be followed by a name in braces, as in ${HOME}\"/vm.img\"", line);
        }
        return new SyntaxHint(withoutAdvice(reason), line);
    }

    /** Replaces the parser's advice. It suggests quotes or another file name, which rarely fits the mistake. */
    private static String withoutAdvice(String reason) {
        int advice = reason.indexOf(" (if you intended");
        return advice < 0
                ? Findings.shown(reason)
                : Findings.shown(reason.substring(0, advice)) + "; put text with special characters in quotes";
    }

    private record Open(char bracket, int line, int indent) {
        char closing() {
            return switch (bracket) {
                case '{' -> '}';
                case '[' -> ']';
                case '(' -> ')';
                default -> bracket;
            };
        }
    }

    /**
     * Returns the bracket that is probably unclosed, or null if all are closed. The first candidate is a bracket
     * whose closing bracket has a smaller indent. The second is the innermost one that is open at the end of the
     * file.
     */
    private static @Nullable Open unclosed(String text) {
        Deque<Open> open = new ArrayDeque<>();
        Open suspect = null;
        int line = 1;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                start = i + 1;
            } else if (c == '#' || text.startsWith("//", i)) {
                i = endOfLine(text, i) - 1;
            } else if (c == '"') {
                int end = endOfString(text, i);
                line += (int) text.substring(i, end).lines().count() - 1;
                i = end - 1;
            } else if (text.startsWith("${", i)
                    && text.substring(i, endOfLine(text, i)).indexOf('}') < 0) {
                return new Open('{', line, 0);
            } else if ("{[(".indexOf(c) >= 0) {
                open.push(new Open(c, line, indent(text, start)));
            } else if ("}])".indexOf(c) >= 0 && !open.isEmpty()) {
                Open closed = open.pop();
                suspect = suspect == null && indent(text, start) < closed.indent ? closed : suspect;
            }
        }
        return open.isEmpty() || suspect == null ? open.peek() : suspect;
    }

    private static int indent(String text, int start) {
        int i = start;
        while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
            i++;
        }
        return i - start;
    }

    static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /** Returns the index after a string. Only a string in triple quotes may span lines. */
    static int endOfString(String text, int start) {
        if (text.startsWith("\"\"\"", start)) {
            int end = text.indexOf("\"\"\"", start + 3);
            return end < 0 ? text.length() : end + 3;
        }
        int i = start + 1;
        while (i < text.length() && text.charAt(i) != '"' && text.charAt(i) != '\n') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(i + (i < text.length() && text.charAt(i) == '"' ? 1 : 0), text.length());
    }
}
