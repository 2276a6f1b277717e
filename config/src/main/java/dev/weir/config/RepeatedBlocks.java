package dev.weir.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds drives and groups that a file defines in two blocks. HOCON merges them, which is rarely meant: a copied block
 * kept its name. Typesafe Config reports no place of the first one, so the blocks are found in the text.
 */
final class RepeatedBlocks {
    /** The keys whose children are drives or groups. */
    static final Set<String> PARENTS = Set.of("drives", "groups");

    /** The path of a block without a name and of each block in it. */
    private static final List<String> UNNAMED = List.of("");

    private final String text;
    private final List<Block> blocks = new ArrayList<>();

    /** The paths of the open blocks. */
    private final Deque<List<String>> open = new ArrayDeque<>();

    private final StringBuilder key = new StringBuilder();
    private int keyLine = 1;
    private int line = 1;
    private boolean hasSeparator;
    private boolean hasValue;
    private boolean isLineEnded;

    /** A block with its path and the line of its name. */
    private record Block(List<String> path, int line) {}

    /**
     * A drive or group that a file defines again.
     *
     * @param path path of the block in its file
     * @param line line of the later block
     * @param before line of the block before it
     */
    record Repetition(List<String> path, int line, int before) {}

    private RepeatedBlocks(String text) {
        this.text = text;
    }

    /**
     * Returns the repetitions in a file in written order.
     *
     * @param text HOCON without syntax errors
     * @param names names of drives and groups; a file that is included below {@code drives} has them at its top level
     */
    static List<Repetition> of(String text, Set<String> names) {
        RepeatedBlocks file = new RepeatedBlocks(text);
        file.scan();
        Map<List<String>, Integer> lines = new HashMap<>();
        List<Repetition> repetitions = new ArrayList<>();
        for (Block block : file.blocks) {
            int last = block.path.size() - 1;
            boolean isNamed =
                    last == 0 ? names.contains(block.path.get(0)) : PARENTS.contains(block.path.get(last - 1));
            Integer before = isNamed ? lines.put(block.path, block.line) : null;
            if (before != null) {
                repetitions.add(new Repetition(block.path, block.line, before));
            }
        }
        return repetitions;
    }

    private void scan() {
        int at = 0;
        while (at < text.length()) {
            at = step(at);
        }
    }

    /** Handles the character at an index and returns the index of the next one. */
    private int step(int at) {
        char c = text.charAt(at);
        if (c == '#' || text.startsWith("//", at)) {
            return SyntaxHint.endOfLine(text, at);
        }
        if (c == '"') {
            return string(at);
        }
        if (text.startsWith("${", at)) {
            int end = text.indexOf('}', at);
            hasValue = true;
            return end < 0 ? text.length() : end + 1;
        }
        switch (c) {
            case '\n' -> endLine();
            case '{' -> begin(path());
            case '[' -> begin(UNNAMED);
            case '}', ']' -> end();
            case ',' -> forget();
            case '=', ':' -> hasSeparator = true;
            default -> take(c);
        }
        return at + 1;
    }

    private int string(int at) {
        int end = SyntaxHint.endOfString(text, at);
        String quoted = text.substring(at, end);
        forgetEndedLine();
        if (hasSeparator) {
            hasValue = true;
        } else {
            append(quoted);
        }
        line += (int) quoted.chars().filter(c -> c == '\n').count();
        return end;
    }

    private void take(char c) {
        if (Character.isWhitespace(c)) {
            if (!hasSeparator && !key.isEmpty()) {
                key.append(c);
            }
            return;
        }
        forgetEndedLine();
        if (hasSeparator) {
            hasValue = true;
        } else {
            append(String.valueOf(c));
        }
    }

    private void append(String part) {
        if (key.isEmpty()) {
            keyLine = line;
        }
        key.append(part);
    }

    /** A line break ends a value. After a key, a block may follow in the next line. */
    private void endLine() {
        line++;
        if (hasValue) {
            forget();
        }
        isLineEnded = true;
    }

    private void forgetEndedLine() {
        if (isLineEnded && !hasSeparator) {
            forget();
        }
        isLineEnded = false;
    }

    private void forget() {
        key.setLength(0);
        hasSeparator = false;
        hasValue = false;
        isLineEnded = false;
    }

    /** Returns the path of the block that begins here. */
    private List<String> path() {
        List<String> parent = open.isEmpty() ? List.of() : open.peek();
        String name = key.toString().strip().replaceFirst("\\+$", "");
        if (name.isEmpty() || parent == UNNAMED) {
            return open.isEmpty() ? List.of() : UNNAMED;
        }
        try {
            List<String> path = new ArrayList<>(parent);
            path.addAll(ConfigUtil.splitPath(name));
            return List.copyOf(path);
        } catch (ConfigException e) {
            return UNNAMED;
        }
    }

    private void begin(List<String> path) {
        if (!path.isEmpty() && path != UNNAMED) {
            blocks.add(new Block(path, keyLine));
        }
        open.push(path);
        forget();
    }

    private void end() {
        if (!open.isEmpty()) {
            open.pop();
        }
        forget();
    }
}
