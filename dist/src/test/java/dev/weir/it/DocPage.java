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
 * A page of Markdown and what a reader is told to do in it. A block of {@code sh} is run as it is. HTML comments in the
 * lines above a block, which readers do not see, say otherwise:
 *
 * <ul>
 *   <li>{@code not run: REASON}: only a reader can do that;
 *   <li>{@code background: TEXT}: as in a terminal of its own, until it has printed the text;
 *   <li>{@code prints: TEXT}: it has to;
 *   <li>{@code fails: STATUS}: it has to;
 *   <li>{@code needs: PROGRAM…}: without these the rest of the page is skipped;
 *   <li>{@code file: NAME}: the block is what is in a file, and is written;
 *   <li>{@code from: PATH}: the block is part of that file of the sources, however far it is indented there.
 * </ul>
 *
 * Nothing escapes: a block says what it is in ({@code text} is what programs print), and is fenced.
 *
 * @param path where it is
 * @param blocks all of its blocks in order
 */
record DocPage(Path path, List<Block> blocks) {
    private static final Pattern FENCE = Pattern.compile("```(\\S*)");
    private static final Pattern MARK =
            Pattern.compile("<!-- (not run|background|prints|fails|needs|file|from): (.+) -->");
    private static final Set<String> LANGUAGES = Set.of("sh", "text", "hocon", "java", "xml", "dockerfile");

    /**
     * A fenced block.
     *
     * @param line the number of its first line
     * @param language what is behind the fence
     * @param text what is in it
     * @param marks what comments above it say, by keyword
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
