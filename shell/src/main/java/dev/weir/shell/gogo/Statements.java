package dev.weir.shell.gogo;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.Parser.Executable;
import org.apache.felix.gogo.runtime.Parser.Pipeline;
import org.apache.felix.gogo.runtime.Parser.Statement;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.gogo.runtime.Token;

/**
 * Splits a line into statements that are executed one by one. Gogo returns only the value of the last statement and
 * drops a value that is redirected to a file. So each statement runs separately, and {@code drives > FILE} becomes
 * {@code drives | > FILE}. See docs/design/decisions/011.
 */
final class Statements {
    /** The deepest nesting of brackets in a line. Gogo's recursive parser uses stack for each level. */
    private static final int DEEPEST = 64;

    /** The most commands of a pipe. Each has a thread. */
    static final int MOST_STAGES = 64;

    private static final Pattern OUTPUT = Pattern.compile("[1&]?>>?");

    /**
     * One statement of a line.
     *
     * @param before the operator before it: {@code ;}, {@code &&} or {@code ||} ({@code ;} for the first statement)
     * @param text the statement
     * @param isShown whether its value is printed; false for an assignment that other statements follow
     */
    record One(String before, String text, boolean isShown) {

        /** Returns whether this statement runs after a statement with the given exit status. */
        boolean follows(int status) {
            return switch (before) {
                case "&&" -> status == 0;
                case "||" -> status != 0;
                default -> true;
            };
        }

        boolean isAlternative() {
            return before.equals("||");
        }
    }

    private Statements() {}

    /**
     * Parses a line.
     *
     * @throws RuntimeException if Gogo cannot parse the line, its brackets are nested too deeply or a pipe is too long
     */
    static List<One> of(CharSequence line) {
        if (isTooDeep(line)) {
            throw new SyntaxError(1, 1, "brackets are nested deeper than " + DEEPEST);
        }
        String text = line.toString();
        List<One> all = new ArrayList<>();
        String before = ";";
        List<Executable> tokens = new Parser(text).program().tokens();
        for (int i = 0; i < tokens.size(); i += 2) {
            String after = i + 1 < tokens.size() ? tokens.get(i + 1).toString() : ";";
            String statement = statement(text, tokens.get(i));
            boolean isShown = i + 2 > tokens.size() || !isAssignment(tokens.get(i));
            all.add(new One(before, after.equals("&") ? statement + " &" : statement, isShown));
            before = after;
        }
        return all;
    }

    /** Returns whether the brackets of a line are nested so deeply that the parser could overflow the stack. */
    static boolean isTooDeep(CharSequence line) {
        int depth = 0;
        for (int i = 0; i < line.length() && depth <= DEEPEST; i++) {
            depth = switch (line.charAt(i)) {
                case '(', '[', '{' -> depth + 1;
                case ')', ']', '}' -> Math.max(0, depth - 1);
                default -> depth;
            };
        }
        return depth > DEEPEST;
    }

    private static boolean isAssignment(Executable executable) {
        return executable instanceof Statement statement
                && statement.tokens().size() > 1
                && Token.eq("=", statement.tokens().get(1));
    }

    private static int end(Token token) {
        return token.start() + token.length();
    }

    private static String statement(String line, Executable executable) {
        List<Executable> parts = executable instanceof Pipeline pipeline ? pipeline.tokens() : List.of(executable);
        int start = parts.get(0).start();
        if (parts.size() > 2 * MOST_STAGES - 1) { // with the bars between them
            throw new SyntaxError(1, 1, "a pipe has more than " + MOST_STAGES + " commands");
        }
        Executable last = parts.get(parts.size() - 1);
        int end = end(last);
        if (last instanceof Statement statement) {
            List<Token> redirections = statement.redirections();
            // Gogo's statement ends with its last word and excludes redirections; without a word it has no place
            end = redirections.isEmpty() ? end : Math.max(end, end(redirections.get(redirections.size() - 1)));
            if (statement.tokens().isEmpty() && parts.size() == 1 && !redirections.isEmpty()) {
                return line.substring(redirections.get(0).start(), end);
            }
            boolean writes = redirections.stream()
                    .anyMatch(token -> OUTPUT.matcher(token).matches());
            int into = writes ? redirections.get(0).start() : -1;
            if (statement.tokens().stream().allMatch(word -> word.start() < into)) {
                return line.substring(start, into) + "| " + line.substring(into, end);
            }
        }
        return line.substring(start, end);
    }
}
