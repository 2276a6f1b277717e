package dev.weir.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of Markdown and its commands. A block of {@code sh} runs as it is. HTML comments above a block change that:
 *
 * <ul>
 *   <li>{@code not run: REASON}: the block is for readers only;
 *   <li>{@code background: TEXT}: runs in another terminal, and is ready when it has printed the text;
 *   <li>{@code prints: TEXT}: its output must contain the text;
 *   <li>{@code fails: STATUS}: its exit status must be this one;
 *   <li>{@code needs: PROGRAM…}: without these programs the rest of the page is skipped;
 *   <li>{@code file: NAME}: the block is the content of a file, and is written;
 *   <li>{@code from: PATH}: the block is part of that source file, at any indentation.
 * </ul>
 * Every block is fenced and names its language ({@code text} is output of programs).
 *
 * @param path path of the page
 * @param blocks its blocks from top to bottom
 */
record DocPage(Path path, List<Block> blocks) {
    private static final Pattern FENCE = Pattern.compile("```(\\S*)");
    private static final Pattern MARK =
            Pattern.compile("<!-- (not run|background|prints|fails|needs|file|from): (.+) -->");
    private static final Set<String> LANGUAGES = Set.of("sh", "text", "hocon", "java", "xml", "dockerfile", "kotlin");

    /**
     * A fenced block.
     *
     * @param line number of its first line
     * @param language language of the fence
     * @param text content
     * @param marks comments above it, by keyword
     */
    record Block(int line, String language, String text, Map<String, String> marks) {
        boolean isCommands() {
            return language.equals("sh");
        }

        @Nullable
        String mark(String keyword) {
            return marks.get(keyword);
        }
    }

    static DocPage read(Path path) throws IOException {
        List<Block> blocks = new ArrayList<>();
        List<String> lines = Files.readAllLines(path);
        Map<String, String> marks = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher mark = MARK.matcher(lines.get(i));
            Matcher fence = FENCE.matcher(lines.get(i));
            if (mark.matches()) {
                marks.put(mark.group(1), mark.group(2));
            } else if (lines.get(i).startsWith("<!-- ")) {
                throw new IOException(path + ":" + (i + 1) + ": is not a mark: " + lines.get(i));
            } else if (fence.matches()) {
                int end = end(lines, i + 1, path);
                blocks.add(block(path, i + 2, fence.group(1), lines.subList(i + 1, end), marks));
                marks = new LinkedHashMap<>();
                i = end;
            } else if (lines.get(i).startsWith("    ")
                    && i > 0
                    && lines.get(i - 1).isEmpty()) {
                throw new IOException(path + ":" + (i + 1) + ": must be in a fence: " + lines.get(i));
            } else if (!marks.isEmpty()) {
                throw new IOException(path + ":" + i + ": is not above a block: " + marks);
            }
        }
        return new DocPage(path, blocks);
    }

    private static int end(List<String> lines, int begin, Path path) throws IOException {
        for (int i = begin; i < lines.size(); i++) {
            if (lines.get(i).equals("```")) {
                return i;
            }
        }
        throw new IOException(path + ":" + begin + ": does not end");
    }

    private static Block block(Path path, int line, String language, List<String> lines, Map<String, String> marks)
            throws IOException {
        if (!LANGUAGES.contains(language)) {
            throw new IOException(path + ":" + line + ": a block is one of " + LANGUAGES + ", not of " + language);
        }
        return new Block(line, language, String.join("\n", lines) + "\n", marks);
    }
}
