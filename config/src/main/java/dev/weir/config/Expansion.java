package dev.weir.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Computes an upper bound of a file's size after substitution without substituting. Each step of {@code b = ${a}${a},
 * c = ${b}${b}, …} doubles the size, so a file of 1 KiB can exhaust memory (see {@code
 * docs/design/decisions/010-configuration.md}).
 *
 * <p>The input is Typesafe Config's rendering of the parsed file: JSON with {@code ${path}} for substitutions. A key
 * that was set more than once is repeated there. Not thread-safe.
 */
final class Expansion {
    /** Largest size after substitution (characters). */
    static final long MAX_SIZE = 32L << 20;

    private static final long UNKNOWN = -1;

    private final String text;
    private final Key root = new Key("");
    private final Map<List<String>, Long> references = new HashMap<>();
    private int at;
    private @Nullable String excess;

    private Expansion(String text) {
        this.text = text;
    }

    /** All values of a key in file order. A later value replaces an earlier one or is merged into it. */
    private static final class Key {
        private final String name;
        private final List<Value> values = new ArrayList<>();
        private boolean isBeingMeasured;
        private boolean refersToItself;

        /** Size of the values before the current one (characters). */
        private long before;

        private long size = UNKNOWN;

        Key(String name) {
            this.name = name;
        }
    }

    private static final class Value {
        private long own;
        private final List<List<String>> references = new ArrayList<>();
        private final Map<String, Key> keys = new LinkedHashMap<>();
        private final List<Key> elements = new ArrayList<>();
    }

    /** Returns the first key whose size exceeds {@link #MAX_SIZE}, or null if none does. */
    static @Nullable String excess(Config parsed) {
        if (parsed.isResolved()) {
            return null;
        }
        Expansion expansion = new Expansion(parsed.root().render(ConfigRenderOptions.concise()));
        Value file = new Value();
        expansion.root.values.add(file);
        expansion.value(file, "");
        expansion.size(expansion.root);
        return expansion.excess;
    }

    private void value(Value value, String name) {
        while (at < text.length() && ",}]".indexOf(text.charAt(at)) < 0) {
            int start = at;
            switch (text.charAt(at)) {
                case '"' -> string();
                case '$' -> value.references.add(reference());
                case '{' -> object(value, name);
                case '[' -> list(value, name);
                default -> at++;
            }
            value.own += text.charAt(start) == '{' || text.charAt(start) == '[' ? 2 : at - start;
        }
    }

    private void object(Value value, String name) {
        at++;
        while (at < text.length() && text.charAt(at) != '}') {
            String quoted = string();
            at++; // skips the colon
            String key = quoted.indexOf('\\') < 0
                    ? quoted.substring(1, quoted.length() - 1)
                    : path(quoted).get(0);
            String full = name.isEmpty() ? key : name + "." + key;
            Value of = new Value();
            value.keys.computeIfAbsent(key, unused -> new Key(full)).values.add(of);
            value(of, full);
            skipComma();
        }
        at++;
    }

    private void list(Value value, String name) {
        at++;
        while (at < text.length() && text.charAt(at) != ']') {
            Key element = new Key(name);
            element.values.add(new Value());
            value(element.values.get(0), name);
            value.elements.add(element);
            skipComma();
        }
        at++;
    }

    private void skipComma() {
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
        }
    }

    /** Skips a quoted string and returns it with its quotes. */
    private String string() {
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        at = Math.min(at + 1, text.length());
        return text.substring(start, at);
    }

    private List<String> reference() {
        int start = text.startsWith("${?", at) ? at + 3 : at + 2;
        at = start;
        while (at < text.length() && text.charAt(at) != '}') {
            if (text.charAt(at) == '"') {
                string();
            } else {
                at++;
            }
        }
        return path(text.substring(Math.min(start, text.length()), at++));
    }

    private static List<String> path(String expression) {
        try {
            return ConfigUtil.splitPath(expression);
        } catch (ConfigException e) {
            return List.of(expression);
        }
    }

    private long size(Key key) {
        if (key.isBeingMeasured) {
            key.refersToItself = true;
            return key.before;
        }
        if (key.size == UNKNOWN) {
            key.isBeingMeasured = true;
            long largest = 0;
            for (Value value : key.values) {
                key.refersToItself = false;
                long size = size(value);
                boolean isMerged = !key.refersToItself && !(value.keys.isEmpty() && value.references.isEmpty());
                key.before = isMerged ? sum(size, key.before) : size;
                largest = Math.max(largest, key.before);
            }
            key.isBeingMeasured = false;
            key.size = largest;
            if (largest > MAX_SIZE && excess == null) {
                excess = key.name;
            }
        }
        return key.size;
    }

    private long size(Value value) {
        long size = value.own;
        for (Key key : value.keys.values()) {
            size = sum(size, size(key));
        }
        for (Key element : value.elements) {
            size = sum(size, size(element));
        }
        for (List<String> reference : value.references) {
            size = sum(size, size(reference));
        }
        return size;
    }

    /** Returns the size of a path's target. The path may lead through other references. */
    private long size(List<String> path) {
        Long known = references.putIfAbsent(path, 0L);
        if (known != null) {
            return known;
        }
        long size = 0;
        boolean isSelf = false;
        List<Key> found = List.of(root);
        for (int i = 0; i < path.size() && !found.isEmpty(); i++) {
            List<Key> next = new ArrayList<>();
            for (Key key : found) {
                for (Value value : key.values) {
                    Key child = value.keys.get(path.get(i));
                    if (child != null) {
                        next.add(child);
                    }
                    if (key != root) {
                        size = sum(size, sizeThrough(value, path.subList(i, path.size())));
                    }
                }
            }
            found = next;
        }
        for (Key key : found) {
            isSelf |= key.isBeingMeasured;
            size = sum(size, size(key));
        }
        if (found.isEmpty() && size == 0) {
            String variable = System.getenv(String.join(".", path));
            size = variable == null ? 0 : variable.length();
        }
        if (isSelf) {
            references.remove(path); // a self-reference grows with each value of the key
        } else {
            references.put(path, size);
        }
        return size;
    }

    private long sizeThrough(Value value, List<String> rest) {
        long size = 0;
        for (List<String> reference : value.references) {
            List<String> path = new ArrayList<>(reference);
            path.addAll(rest);
            size = sum(size, path.size() > 100 ? 0 : size(List.copyOf(path)));
        }
        return size;
    }

    private static long sum(long one, long other) {
        return Math.min(one + other, Long.MAX_VALUE / 4);
    }
}
