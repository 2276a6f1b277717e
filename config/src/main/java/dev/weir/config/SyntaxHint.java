package dev.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A plainer text for a fault that Typesafe Config's parser finds. It calls a missing brace a missing parenthesis, and
 * names the end of the file.
 *
 * @param text the fault
 * @param line its line; 0 if none is known
 */
record SyntaxHint(String text, int line) {
    private static final String JSON =
            "; a file whose name ends in .json is read as strict JSON, so name it .conf for HOCON";

    static SyntaxHint none(String reason, int line) {
        return new SyntaxHint(Findings.shown(reason), line);
    }

    /**
     * Returns the text for a fault.
     *
     * @param reason the parser's words
     * @param line the parser's line
     */
    static SyntaxHint of(Path file, String reason, int line) {
        if (file.toString().endsWith(".json")) {
            return new SyntaxHint(Findings.shown(reason) + JSON, line);
        }
        Open open = reason.contains("end of file") ? unclosed(file) : null;
        if (open != null) {
            return new SyntaxHint(
                    "a %c is missing; the %c of this line is not closed".formatted(open.closing(), open.bracket),
                    open.line);
        }
        if (reason.contains("no open brace")) {
            return new SyntaxHint("a } too many: no { belongs to it", line);
        }
        if (reason.contains("'$' not followed by {")) {
            return new SyntaxHint("$ must be followed by a name in braces, as in ${HOME}\"/vm.img\"", line);
        }
        return new SyntaxHint(withoutAdvice(reason), line);
    }

    /** The parser advises to put in quotes, or to rename the file, what is more often a slip. */
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
     * Returns the bracket that was probably forgotten, or null if there is none: the first one with a closing bracket on
     * a line that is indented less than its own, or else the innermost one that is open at the end of the file.
     */
    private static @Nullable Open unclosed(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            return null;
        }
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

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    /** Returns the index behind a string. One in single quotes ends with its line at the latest. */
    private static int endOfString(String text, int start) {
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
