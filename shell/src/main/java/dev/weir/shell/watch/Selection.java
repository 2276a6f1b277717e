package dev.weir.shell.watch;

import java.util.List;

/** The selected name of a list. Scrolling keeps it visible. Not thread-safe. */
final class Selection {
    private String name = "";
    private int page = 1;

    /** Returns the selected name; empty without a selection. */
    String name() {
        return name;
    }

    /** Selects a name. */
    void pick(String newName) {
        name = newName;
    }

    boolean isEmpty() {
        return name.isEmpty();
    }

    /** Returns the number of lines that fitted on the last screen. */
    int page() {
        return page;
    }

    void pageIs(int lines) {
        page = Math.max(1, lines);
    }

    /** Returns whether the selected name still exists. If not, selects the first name. */
    boolean keepOneOf(List<String> names) {
        boolean isThere = names.contains(name);
        if (!isThere) {
            name = names.isEmpty() ? "" : names.get(0);
        }
        return isThere;
    }

    /** Moves the selection. Single steps wrap around at the ends; page steps stop there. */
    void move(Key.Kind kind, List<String> names) {
        if (names.isEmpty()) {
            return;
        }
        int last = names.size() - 1;
        int place = Math.max(0, names.indexOf(name));
        name = names.get(
                switch (kind) {
                    case UP -> place == 0 ? last : place - 1;
                    case DOWN -> place == last ? 0 : place + 1;
                    case PAGE_UP -> Math.max(0, place - page);
                    case PAGE_DOWN -> Math.min(last, place + page);
                    case FIRST -> 0;
                    case LAST -> last;
                    default -> place;
                });
    }

    /** Returns the index of the first visible name on a screen of {@code room} lines. */
    int first(List<String> names, int room) {
        page = room;
        int place = Math.max(0, names.indexOf(name));
        return Math.max(0, Math.min(place - room / 2, names.size() - room));
    }
}
