package dev.weir.view;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON: records and maps as objects, lists and arrays as arrays, enum constants in lower case, other
 * values as text. Escapes all control characters, because a terminal would interpret them. Confined to one thread.
 */
final class JsonText {
    private static final String TIME = "{\"time\":";
    private static final int USUAL_LENGTH = 2048;
    private static final Map<Class<?>, List<Field>> FIELDS = new ConcurrentHashMap<>();

    private final StringBuilder text = new StringBuilder(USUAL_LENGTH);

    /**
     * A component of a record.
     *
     * @param key its name in {@code snake_case}, with quotes and a colon
     * @param getter reads it
     */
    private record Field(String key, Method getter) {
        static List<Field> of(Class<?> type) {
            return Arrays.stream(type.getRecordComponents()).map(Field::of).toList();
        }

        private static Field of(RecordComponent component) {
            Method getter = component.getAccessor();
            getter.setAccessible(true); // the record may be package-private
            String name = component.getName().replaceAll("(?<=.)(?=\\p{Lu})", "_");
            return new Field('"' + name.toLowerCase(Locale.ROOT) + "\":", getter);
        }

        @Nullable
        Object of(Record from) {
            try {
                return getter.invoke(from);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + getter, e);
            }
        }
    }

    /** Appends a value. Begins it, or each value of a list, with the field {@code time} if it is an object without. */
    JsonText addTimed(Object value, String time) {
        if (value instanceof Iterable<?> list) {
            addList(list, each -> addTimed(each, time));
            return this;
        }
        int start = text.length();
        add(value);
        int end = Math.min(text.length(), start + TIME.length());
        if (text.charAt(start) == '{' && !TIME.contentEquals(text.subSequence(start, end))) {
            String separator = text.charAt(start + 1) == '}' ? "" : ",";
            text.replace(start, start + 1, TIME + '"' + time + '"' + separator);
        }
        return this;
    }

    /** Appends a value. */
    JsonText add(@Nullable Object value) {
        if (value instanceof String string) {
            addString(string);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof Record record) {
            addRecord(record);
        } else if (value instanceof Map<?, ?> map) {
            addMap(map);
        } else if (value instanceof Iterable<?> list) {
            addList(list, this::add);
        } else if (value instanceof Object[] array) {
            addList(Arrays.asList(array), this::add);
        } else if (value instanceof Enum<?> word) {
            addString(word.name().toLowerCase(Locale.ROOT));
        } else {
            addString(value.toString());
        }
        return this;
    }

    private void addRecord(Record record) {
        text.append('{');
        String separator = "";
        for (Field field : FIELDS.computeIfAbsent(record.getClass(), Field::of)) {
            text.append(separator).append(field.key);
            add(field.of(record));
            separator = ",";
        }
        text.append('}');
    }

    private void addMap(Map<?, ?> map) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            text.append(separator);
            addString(String.valueOf(entry.getKey()));
            text.append(':');
            add(entry.getValue());
            separator = ",";
        }
        text.append('}');
    }

    private void addList(Iterable<?> list, Consumer<Object> add) {
        text.append('[');
        String separator = "";
        for (Object each : list) {
            text.append(separator);
            add.accept(each);
            separator = ",";
        }
        text.append(']');
    }

    private void addString(String string) {
        text.append('"');
        int written = 0;
        for (int i = 0; i < string.length(); i++) {
            char character = string.charAt(i);
            boolean isPlain = character >= ' ' && character <= '~' && character != '"' && character != '\\';
            if (!isPlain && isEscaped(string, i)) {
                text.append(string, written, i);
                addEscape(character);
                written = i + 1;
            }
        }
        text.append(string, written, string.length()).append('"');
    }

    private static boolean isEscaped(String string, int at) {
        char character = string.charAt(at);
        boolean isSecondHalf = at > 0 && Character.isSurrogatePair(string.charAt(at - 1), character);
        int type = Character.getType(string.codePointAt(isSecondHalf ? at - 1 : at));
        return character == '"'
                || character == '\\'
                || type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    private void addEscape(char character) {
        int letter = "\"\\\b\f\n\r\t".indexOf(character);
        if (letter >= 0) {
            text.append('\\').append("\"\\bfnrt".charAt(letter));
        } else {
            text.append("\\u%04x".formatted((int) character));
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
